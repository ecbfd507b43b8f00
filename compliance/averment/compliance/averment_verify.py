"""Check a log, an exported bundle or a receipt offline: one file, Python's standard library and `cryptography`.

    averment-verify WHAT --policy FILE [--checkpoint FILE] [--max-age SECONDS] [--json]

WHAT is a bundle (.zip), a log's folder (`evidence/` or `evidence/log`), or a receipt or an answer as JSON. The policy
is a C2SP trust policy or the log's public key on one line; it must reach you on a way of its own. Exit code 0: all
checks passed; 4: one failed, and the first bad place is named; 2: the call cannot be carried out.

Formats: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy, tlog-tiles, tlog-proof; RFC 6962 hashing;
entries are RFC 8785 JSON.
This file imports nothing of Averment and shares no code with what writes the log.
"""

import argparse
import base64
import binascii
import contextlib
import hashlib
import json
import math
import re
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EXIT_OK, EXIT_USAGE, EXIT_FAILED = 0, 2, 4
WIDTH, HASH = 256, 32
MAX_FAILURES = 20
MAX_ATTEMPTS = 3
CLOCK_SLACK_S = 300
LOG_KEY, WITNESS_KEY = b"\x01", b"\x04"
EMPTY_ROOT = hashlib.sha256(b"").digest()
TILE_NAME = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
WAL_MAGIC, WAL_HEADER = b"averment-wal/1\n\x00", struct.Struct(">IQI")

NOT_ESTABLISHED = (
    "that everything that happened was logged: a log shows what it holds, not what was left out",
    "that times are right: they are those of the operator's clock",
    "that commitments belong to given texts: that needs the texts and the keys that stay with the operator",
    "who the actors are: entries hold pseudonyms",
    "that what an entry states is true: it is what the system recorded",
)
NO_ESCROW = (
    "that the log was not rewritten and signed again by who holds its key, or cut back to an earlier state: "
    "that needs a checkpoint that left the house (--checkpoint)"
)


UNNAMED_SIGNER = (
    "who {signer} is, that signed a checkpoint as well: the policy names no such key, so either the policy is older "
    "than the key or the line was changed"
)
NO_GROWTH = "that the log extends the escrowed checkpoint: a receipt holds no proof of that; check the log or a bundle"


class BadInputError(Exception):
    """The call cannot be carried out: a file is missing or not what it should be."""


class CheckFailedError(Exception):
    """A check failed at a place."""

    def __init__(self, place: str, reason: str):
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


@dataclass
class Report:
    """What was checked, what failed and what remains open."""

    kind: str = ""
    origin: str = ""
    size: int = 0
    root: str = ""
    checked: list[str] = field(default_factory=list)
    failures: list[dict[str, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    not_established: list[str] = field(default_factory=lambda: list(NOT_ESTABLISHED))

    def fail(self, place: str, reason: str) -> None:
        """Note a failed check, up to a limit."""
        if len(self.failures) < MAX_FAILURES:
            self.failures.append({"place": place, "reason": reason})

    def attempt(self, check: Callable[..., None], *arguments: object, **named: object) -> None:
        """Run a check and note its failure."""
        try:
            check(*arguments, **named)
        except CheckFailedError as error:
            self.fail(error.place, error.reason)


# --- Merkle tree -------------------------------------------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry (RFC 6962)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two nodes (RFC 6962)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


class Tree:
    """The hashes of a log by tile level, computed from its entries."""

    def __init__(self) -> None:
        self.levels: list[list[bytes]] = [[]]

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return len(self.levels[0])

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash and the roots of the tiles it completes."""
        for level in range(len(self.levels) + 1):
            if level == len(self.levels):
                self.levels.append([])
            row = self.levels[level]
            row.append(leaf)
            if len(row) % WIDTH:
                return
            leaf = perfect_root(row[-WIDTH:])

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` leaves."""
        nodes: list[bytes] = []
        for level in range(len(self.levels) - 1, -1, -1):
            count = size >> (8 * level)
            at = count - count % WIDTH
            while at < count:
                width = 1 << ((count - at).bit_length() - 1)
                nodes.append(perfect_root(self.levels[level][at : at + width]))
                at += width
        root = nodes.pop() if nodes else EMPTY_ROOT
        while nodes:
            root = node_hash(nodes.pop(), root)
        return root


def root_of_path(leaf: bytes, index: int, *, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root an audit path leads to (RFC 9162, 2.1.3.2); None for a path of the wrong length."""
    position, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if position & 1 or position == last:
            root = node_hash(sibling, root)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        position, last = position >> 1, last >> 1
    return root if last == 0 else None


def grows(old: int, new: int, *, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether a proof shows that the tree of `new` leaves extends that of `old` (RFC 9162, 2.1.4.2)."""
    if not 0 < old < new:
        return not path and (old_root == new_root if old == new else old == 0 and old_root == EMPTY_ROOT)
    nodes = list(path) if old & (old - 1) else [old_root, *path]
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    if not nodes:
        return False
    left = right = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            left, right = node_hash(node, left), node_hash(node, right)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            right = node_hash(right, node)
        position, last = position >> 1, last >> 1
    return last == 0 and left == old_root and right == new_root


# --- Notes, checkpoints, policies --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """A public key of a log or a witness."""

    name: str
    id: bytes
    public: bytes

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Tell whether the signature is this key's over the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass
class Policy:
    """Whose signatures are trusted: logs, limits of their keys (first and last size), witnesses, groups, quorum.

    Former witnesses are known by their keys and count for no quorum.
    """

    logs: list[Key] = field(default_factory=list)
    limits: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str = ""
    authorities: list[bytes] = field(default_factory=list)
    former: list[Key] = field(default_factory=list)
    max_age_s: float | None = None


@dataclass(frozen=True)
class Checkpoint:
    """A signed state of a log."""

    origin: str
    size: int
    root: bytes
    raw: bytes


def unbase64(text: str) -> bytes | None:
    """Decode base64 in its one canonical spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def parse_key(vkey: str, *, kind: bytes = LOG_KEY) -> Key:
    """Read a verifier key (`name+id+base64`)."""
    name, _, rest = vkey.partition("+")
    digits, _, encoded = rest.partition("+")
    key = unbase64(encoded)
    if not name or key is None or len(key) != 33 or key[:1] != kind:
        raise BadInputError(f"{vkey[:100]!r} is not an Ed25519 verifier key of type {kind[0]} (name+id+base64)")
    identity = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    if identity.hex() != digits:
        raise BadInputError(f"the verifier key of {name!r} is damaged: its id should be {identity.hex()}")
    return Key(name, identity, key[1:])


def parse_policy(text: str) -> Policy:
    """Read a trust policy, or a bare key."""
    rows = [line.split() for line in text.split("\n") if line.strip()]
    if len(rows) == 1 and len(rows[0]) == 1:
        return Policy(logs=[parse_key(rows[0][0])], quorum="none")
    policy = Policy()
    for row in rows:
        try:
            take_row(row, policy)
        except (ValueError, IndexError) as error:
            raise BadInputError(f"the policy's line {' '.join(row)[:80]!r} is not understood: {error}") from error
    if not policy.logs or not policy.quorum:
        raise BadInputError("the policy needs lines 'log <key>' and one line 'quorum <name>' or 'quorum none'")
    if len({key.public for key in policy.logs}) != len(policy.logs):
        raise BadInputError("the policy names a log's key twice")
    if set(policy.limits) - {key.id for key in policy.logs}:
        raise BadInputError("the policy limits a key that it does not name")
    return policy


def take_row(row: Sequence[str], policy: Policy) -> None:
    """Take in one line of a policy; names must be defined before they are used."""
    known = {"none", *policy.witnesses, *policy.groups}
    match row:
        case [word, *_] if word.startswith("#"):
            take_comment(row, policy)
        case ["log", vkey] | ["log", vkey, _]:
            policy.logs.append(parse_key(vkey))
        case ["witness", name, vkey] | ["witness", name, vkey, _] if name not in known:
            key = parse_key(vkey, kind=WITNESS_KEY)
            if key.public in {other.public for other in policy.witnesses.values()}:
                raise ValueError("another witness has the same key")
            policy.witnesses[name] = key
        case ["group", name, needed, *members] if name not in known and set(members) <= known - {"none"}:
            taken = [member for _, others in policy.groups.values() for member in others]
            least = {"any": 1, "all": len(members)}.get(needed) or int(needed)
            if not 1 <= least <= len(members) or len({*members, *taken}) != len(members) + len(taken):
                raise ValueError("it cannot be met, or counts a member twice")
            policy.groups[name] = (least, members)
        case ["quorum", name] if name in known and not policy.quorum:
            policy.quorum = name
        case _:
            raise ValueError("no such line, or a name that is unknown or taken")


def take_comment(row: Sequence[str], policy: Policy) -> None:
    """Take in the comments that say what the format has no line for."""
    match row:
        case ["#", "averment-key", key_id, "from", first, *rest]:
            last = int(rest[1]) if rest[:1] == ["until"] and len(rest) == 2 else 1 << 62
            if rest and last == 1 << 62:
                raise ValueError("expected 'from SIZE until SIZE'")
            policy.limits[bytes.fromhex(key_id)] = (int(first), last)
        case ["#", "averment-tsa", certificate]:
            policy.authorities.append(base64.b64decode(certificate, validate=True))
        case ["#", "averment-witness", vkey]:
            policy.former.append(parse_key(vkey, kind=WITNESS_KEY))


def open_note(raw: bytes, policy: Policy, *, place: str) -> Checkpoint:
    """Read a checkpoint whose note a trusted key of its log signed while its signatures counted."""
    text, lines = split_note(raw, place)
    signers = []
    shard = text.partition("\n")[0]
    own = {named(key, shard): key for key in policy.logs if is_shard(shard, key.name)}
    for name, identity, signature in lines:
        for key in dict.fromkeys([*own, *policy.logs]):
            if (key.name, key.id) == (name, identity):
                if not key.signed(signature, text.encode()):
                    raise CheckFailedError(place, f"the signature of {name} does not verify")
                signers.append(key)
    if not signers:
        raise CheckFailedError(place, "no trusted key signed it")
    origin, size, root, rest = (*text.split("\n", 3), "", "", "")[:4]
    digest = unbase64(root)
    if not re.fullmatch("0|[1-9][0-9]{0,17}", size) or digest is None or len(digest) != HASH or rest.startswith("\n"):
        raise CheckFailedError(place, "not a checkpoint (origin, size, root hash)")
    signers = [key for key in signers if key.name == origin]
    if not signers:
        raise CheckFailedError(place, f"its origin {origin!r} is not the name of a trusted key that signed it")
    limits = [policy.limits.get(own[key].id, (0, 1 << 62)) for key in signers]
    if not any(first <= int(size) <= last for first, last in limits):
        raise CheckFailedError(
            place,
            f"the key {own[signers[0]].id.hex()} that signed it does not count for {size} entries: revoked, or newer",
        )
    return Checkpoint(origin, int(size), digest, raw)


def check_signers(raw: bytes, policy: Policy, *, beside: Policy | None, report: Report, place: str) -> None:
    """Check every signature on a checkpoint, and that all its signers are named.

    The formats have verifiers ignore signers they do not know. A log's own policy, which lies beside it, names all that
    sign it, so a line by somebody whom it does not name was changed.
    """
    text, lines = split_note(raw, place)
    logs, witnesses = named_keys(policy, text.partition("\n")[0])
    more_logs, more_witnesses = named_keys(beside, text.partition("\n")[0]) if beside else ({}, {})
    for name, identity, signature in lines:
        line, signer = (name, identity), f"{name} (key {identity.hex()})"
        witness, key = {**more_witnesses, **witnesses}.get(line), {**more_logs, **logs}.get(line)
        if witness is not None:
            cosigned_at(text, signature, key=witness, place=place)
        elif key is not None and not key.signed(signature, text.encode()):
            raise CheckFailedError(place, f"the signature of {name} does not verify")
        elif key is None and beside is not None:
            raise CheckFailedError(place, f"signed by {signer}, whom neither policy names: it was changed")
        remark = UNNAMED_SIGNER.format(signer=signer)
        if line not in {**logs, **witnesses} and remark not in report.not_established:
            report.not_established.append(remark)


def named_keys(policy: Policy, shard: str) -> tuple[dict[tuple[str, bytes], Key], dict[tuple[str, bytes], Key]]:
    """Return the keys of logs, under their own name and a shard's, and of witnesses, by name and id."""
    logs = [*policy.logs, *(named(key, shard) for key in policy.logs if is_shard(shard, key.name))]
    witnesses = [*policy.witnesses.values(), *policy.former]
    return {(key.name, key.id): key for key in logs}, {(key.name, key.id): key for key in witnesses}


def is_shard(origin: str, log: str) -> bool:
    """Tell whether the origin is that of a log's shard: the log's name, or that and a year."""
    return origin == log or re.fullmatch(re.escape(log) + "/[0-9]{4}", origin) is not None


def named(key: Key, name: str) -> Key:
    """Return the key under the name of a shard, which it signs for."""
    identity = hashlib.sha256(name.encode() + b"\n" + LOG_KEY + key.public).digest()[:4]
    return Key(name, identity, key.public)


def same_log(origin: str, other: str, *, policy: Policy) -> bool:
    """Tell whether two origins are those of shards of one trusted log."""
    return any(is_shard(origin, key.name) and is_shard(other, key.name) for key in policy.logs)


def check_quorum(checkpoint: Checkpoint, policy: Policy, *, report: "Report", place: str) -> None:
    """Check that the witnesses which the policy demands cosigned a checkpoint, neither in the future nor long ago."""
    text, lines = split_note(checkpoint.raw, place)
    met, remarks = {"none"}, []
    for name, key in policy.witnesses.items():
        moments = [cosigned_at(text, line[2], key=key, place=place) for line in lines if line[:2] == (key.name, key.id)]
        if not moments:
            remarks.append(f"{name} did not cosign")
        elif max(moments) > time.time() + CLOCK_SLACK_S:
            remarks.append(f"{name} cosigned in the future")
        elif policy.max_age_s is not None and max(moments) < time.time() - policy.max_age_s:
            remarks.append(f"{name} cosigned {int(time.time() - max(moments))} s ago")
        else:
            met.add(name)
            report.checked.append(f"{place}: cosigned by the witness {name} at {utc(max(moments))}")
    for name, (least, members) in policy.groups.items():
        if len(met.intersection(members)) >= least:
            met.add(name)
    if policy.quorum not in met:
        raise CheckFailedError(place, f"the quorum {policy.quorum!r} is not met: {'; '.join(remarks)}")


def cosigned_at(text: str, signature: bytes, *, key: Key, place: str) -> int:
    """Return when a witness cosigned a checkpoint's text, seconds since the epoch."""
    moment = int.from_bytes(signature[:8], "big")
    message = f"cosignature/v1\ntime {moment}\n{text}".encode()
    if len(signature) != 72 or moment >= 1 << 63 or not key.signed(signature[8:], message):
        raise CheckFailedError(place, f"the cosignature of {key.name} does not verify")
    return moment


def stamped_at(token: bytes, content: bytes, *, authorities: Sequence[bytes], place: str) -> float:
    """Return when one of the authorities stamped some bytes, seconds since the epoch."""
    try:
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
    except ImportError as error:
        raise BadInputError(f"{place}: checking time stamps needs rfc3161-client (or: openssl ts -verify)") from error
    builder = VerifierBuilder()
    for root in authorities:
        builder = builder.add_root_certificate(x509.load_der_x509_certificate(root))
    try:
        response = decode_timestamp_response(token)
        builder.build().verify_message(response, content)
    except (ValueError, VerificationError) as error:
        raise CheckFailedError(place, f"the time stamp does not verify: {error}") from error
    return float(response.tst_info.gen_time.timestamp())


def utc(moment: int) -> str:
    """Write a time."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(min(moment, 1 << 37)))


def split_note(raw: bytes, place: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Split a note into its text and (name, key id, signature) lines; anything unusual is refused."""
    try:
        text, separator, tail = raw.decode().rpartition("\n\n")
    except UnicodeDecodeError as error:
        raise CheckFailedError(place, f"byte {error.start} is not UTF-8") from error
    lines = []
    for line in tail.split("\n")[:-1]:
        match = re.fullmatch("\N{EM DASH} ([^\\s+]+) ([A-Za-z0-9+/]+=*)", line)
        blob = unbase64(match[2]) if match else None
        if match is None or blob is None or len(blob) < 5:
            raise CheckFailedError(place, "a signature line is malformed")
        lines.append((match[1], blob[:4], blob[4:]))
    if not separator or not lines or not tail.endswith("\n"):
        raise CheckFailedError(place, "not a signed note")
    return text + "\n", lines


# --- Where files come from ---------------------------------------------------------------------------------------


class Source(Protocol):
    """Names and contents of files."""

    def names(self) -> list[str]:
        """Return every file's relative name."""

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None where there is none."""


class FolderSource:
    """Files of a folder."""

    def __init__(self, root: Path):
        self.root = root

    def names(self) -> list[str]:
        """Return every file's relative name, in order."""
        return sorted(p.relative_to(self.root).as_posix() for p in self.root.rglob("*") if not p.is_dir())

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None."""
        try:
            return (self.root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None


class ZipSource:
    """Files of a bundle below a prefix."""

    def __init__(self, files: Mapping[str, bytes], prefix: str = ""):
        self.files = {name.removeprefix(prefix): data for name, data in files.items() if name.startswith(prefix)}

    def names(self) -> list[str]:
        """Return every file's relative name, in order."""
        return sorted(self.files)

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None."""
        return self.files.get(name)


def index_path(index: int) -> str:
    """Write a tile's position as a path."""
    digits = str(index).zfill(-(-len(str(index)) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])


def tile_name(level: int | str, index: int, *, width: int) -> str:
    """Return a tile's file name."""
    return f"tile/{level}/{index_path(index)}" + (f".p/{width}" if width < WIDTH else "")


def split_bundle(content: bytes, place: str) -> list[bytes]:
    """Split an entry bundle."""
    entries: list[bytes] = []
    at = 0
    while at < len(content):
        stop = at + 2 + int.from_bytes(content[at : at + 2], "big")
        if at + 2 > len(content) or stop > len(content):
            raise CheckFailedError(place, f"entry {len(entries)} of the bundle reaches beyond the end of the file")
        entries.append(content[at + 2 : stop])
        at = stop
    return entries


# --- A whole log -------------------------------------------------------------------------------------------------


class LogCheck:
    """Checks every file of a log against its signed checkpoint."""

    def __init__(self, source: Source, policy: Policy, report: Report, *, beside: Policy | None = None):
        self.source = source
        self.beside = beside
        self.policy = policy
        self.report = report
        self.tree = Tree()
        self.stamped_s = -math.inf
        self.differing: list[tuple[str, int, bytes]] = []
        self.pruned = self.stated_minimum = 0

    def run(self, wal: Source | None, escrow: Checkpoint | None) -> None:
        """Check checkpoint, entries, write-ahead log, tiles, history and escrowed checkpoint, in this order."""
        head = open_note(self.need("checkpoint"), self.policy, place="checkpoint")
        report = self.report
        report.origin, report.size, report.root = head.origin, head.size, base64.b64encode(head.root).decode()
        report.checked.append(f"checkpoint: {head.size} entries, signed by {head.origin}")
        report.attempt(self.check_signers, head, place="checkpoint")
        report.attempt(check_quorum, head, self.policy, report=report, place="checkpoint")
        report.attempt(self.read_entries, head.size)
        self.compare_root(head)
        if wal is not None:
            report.attempt(self.check_wal, wal, head.size)
        self.check_files(head)
        if self.policy.max_age_s is not None:
            report.attempt(self.check_stamp_age)
        if not report.failures:
            report.checked.append("every entry: bytes, order, sequence number, canonical form, path to the signed root")
            report.checked.append("every tile and every kept checkpoint against the entries")
        if escrow is not None:
            report.attempt(self.check_escrow, escrow, head.size)

    def check_signers(self, checkpoint: Checkpoint, *, place: str) -> None:
        """Check every signature on a checkpoint of the log."""
        check_signers(checkpoint.raw, self.policy, beside=self.beside, report=self.report, place=place)

    def need(self, name: str) -> bytes:
        """Read a file that must be there."""
        content = self.source.read(name)
        if content is None:
            raise CheckFailedError(name, "the file is missing")
        return content

    def read_entries(self, size: int) -> None:
        """Hash every entry; end at the first bundle that cannot be read."""
        for index in range(-(-size // WIDTH)):
            width = min(WIDTH, size - index * WIDTH)
            name = self.place("entries", index, width=width)
            if self.source.read(name) is None and self.take_pruned(index):
                continue
            entries = split_bundle(self.need(name), name)
            if len(entries) < width:
                raise CheckFailedError(name, f"entry {index * WIDTH + len(entries)} is missing")
            self.check_bundle(name, entries[:width], first=index * WIDTH)
        if self.pruned > self.stated_minimum:
            name = tile_name("entries", self.stated_minimum // WIDTH, width=WIDTH)
            self.report.fail(name, f"missing, and no entry of the log says that entries below {self.pruned} went")
        elif self.pruned:
            self.report.notices.append(f"entries below {self.pruned} were pruned, as the log states; their hashes stay")

    def take_pruned(self, index: int) -> bool:
        """Take the hashes of a bundle in place of its entries, where all before it are missing as well."""
        hashes = self.source.read(tile_name("0", index, width=WIDTH)) or b""
        if index * WIDTH != self.pruned or len(hashes) != WIDTH * HASH:
            return False
        for at in range(0, len(hashes), HASH):
            self.tree.append(hashes[at : at + HASH])
        self.pruned += WIDTH
        return True

    def check_bundle(self, name: str, entries: Sequence[bytes], *, first: int) -> None:
        """Hash entries and look at each one's form; note those whose hash in the tile is another."""
        tile = self.place("0", first // WIDTH, width=len(entries))
        hashes = self.source.read(tile)
        for index, entry in enumerate(entries, start=first):
            digest = leaf_hash(entry)
            at = (index - first) * HASH
            if hashes is not None and hashes[at : at + HASH] != digest:
                self.differing.append((name, index, hashes[at : at + HASH]))
            else:
                self.report.attempt(check_entry, entry, index, place=name)
                self.stated_minimum = max(self.stated_minimum, stated_minimum(entry))
                self.report.attempt(self.check_link, entry, index, place=name)
            self.tree.append(digest)

    def check_link(self, entry: bytes, index: int, *, place: str) -> None:
        """Compare the checkpoint that the first entry of a year's shard states with the entries before it."""
        stated = stated_link(entry)
        if stated is None:
            return
        if stated != (index, f"sha256:{self.tree.root(index).hex()}"):
            raise CheckFailedError(place, f"entry {index} begins a shard behind another checkpoint than that before it")
        self.report.checked.append(f"entry {index} begins a shard and states the checkpoint of the {index} before it")

    def compare_root(self, head: Checkpoint) -> None:
        """Compare the entries' root with the signed one; where it differs, the tiles tell which entries are wrong."""
        if self.tree.size < head.size or self.tree.root(head.size) == head.root:
            return
        leaves = list(self.tree.levels[0])
        for name, index, digest in self.differing:
            self.report.fail(name, f"entry {index} is not the one whose hash is in the signed tree")
            leaves[index] = digest
        mended = Tree()
        for leaf in leaves:
            mended.append(leaf)
        if mended.root(head.size) == head.root:
            self.tree = mended
        else:
            sound = self.sound_size(head.size)
            self.report.fail(
                "checkpoint",
                f"the {head.size} entries do not lead to its root hash; entry {sound} or "
                f"a later one is wrong: a kept checkpoint covers the first {sound}",
            )

    def sound_size(self, size: int) -> int:
        """Return the size of the largest kept checkpoint that the entries fit."""
        sizes = [0]
        for name in self.source.names():
            if name.startswith("checkpoints/"):
                with contextlib.suppress(CheckFailedError):
                    kept = open_note(self.source.read(name) or b"", self.policy, place=name)
                    if kept.size <= size and self.tree.root(kept.size) == kept.root:
                        sizes.append(kept.size)
        return max(sizes)

    def place(self, level: str, index: int, *, width: int) -> str:
        """Name the full tile where it is there, else the partial one."""
        full = tile_name(level, index, width=WIDTH)
        return full if self.source.read(full) is not None else tile_name(level, index, width=width)

    def check_files(self, head: Checkpoint) -> None:
        """Compare every file below the log with what the entries say; nothing may be missing or unknown."""
        names = self.source.names()
        present = set(names)
        for level in range(8):
            nodes = head.size >> (8 * level)
            for index in range(-(-nodes // WIDTH)):
                partial = tile_name(level, index, width=min(WIDTH, nodes - index * WIDTH))
                if not {partial, tile_name(level, index, width=WIDTH)} & present:
                    self.report.fail(partial, "the file is missing")
        for name in names:
            self.report.attempt(self.check_file, name, head)

    def check_file(self, name: str, head: Checkpoint) -> None:
        """Check one file by its name."""
        match = TILE_NAME.fullmatch(name)
        if match is not None:
            self.check_tile(name, match, size=head.size)
        elif name.startswith("checkpoints/"):
            self.check_kept(name, head)
        elif re.fullmatch(r"tsr/[0-9]+\.tsr", name):
            self.check_stamp(name)
        elif name != "checkpoint":
            raise CheckFailedError(name, "a file that does not belong into a log")

    def check_tile(self, name: str, match: re.Match[str], *, size: int) -> None:
        """Compare a tile's content with the same place of the tree computed from the entries."""
        index, width = int(match[2].replace("x", "").replace("/", "")), int(match[3] or WIDTH)
        if tile_name(match[1], index, width=width) != name:
            raise CheckFailedError(name, "the name is not written as the format demands")
        content = self.need(name)
        level = 0 if match[1] == "entries" else int(match[1])
        row = self.tree.levels[level] if level < len(self.tree.levels) else []
        expected = row[index * WIDTH : index * WIDTH + width]
        if match[1] == "entries":
            hashes = [leaf_hash(entry) for entry in split_bundle(content, name)]
        else:
            hashes = [content[at : at + HASH] for at in range(0, len(content), HASH)]
        if len(hashes) != width:
            raise CheckFailedError(name, f"holds {len(hashes)} items, its name says {width}")
        for at, (found, wanted) in enumerate(zip(hashes, expected, strict=False)):
            if found != wanted:
                entry = (index * WIDTH + at) << (8 * level)
                raise CheckFailedError(name, f"item {at} (entry {entry} on) is not what the log's entries give")
        if len(expected) < width and self.tree.size >= size:
            raise CheckFailedError(
                name, f"reaches beyond the signed checkpoint of {size} entries: the log was cut back"
            )

    def check_kept(self, name: str, head: Checkpoint) -> None:
        """Check a checkpoint of the history against the entries."""
        kept = open_note(self.source.read(name) or b"", self.policy, place=name)
        if name != f"checkpoints/{kept.size}" or not same_log(kept.origin, head.origin, policy=self.policy):
            raise CheckFailedError(name, f"holds the checkpoint of size {kept.size} of {kept.origin}")
        self.check_signers(kept, place=name)
        self.check_extends(kept, head.size, place=name)

    def check_stamp(self, name: str) -> None:
        """Check a time stamp (RFC 3161) over the text of a kept checkpoint."""
        kept = f"checkpoints/{name[4:-4]}"
        text, _ = split_note(self.need(kept), kept)
        if not self.policy.authorities:
            self.report.notices.append(f"{name}: not checked, the policy trusts no time-stamping authority")
            return
        moment = stamped_at(self.need(name), text.encode(), authorities=self.policy.authorities, place=name)
        if moment > time.time() + CLOCK_SLACK_S:
            raise CheckFailedError(name, "was made in the future")
        self.stamped_s = max(self.stamped_s, moment)
        self.report.checked.append(f"{name}: stamped at {utc(int(moment))}")

    def check_stamp_age(self) -> None:
        """Check that the newest time stamp is no older than asked for."""
        oldest = time.time() - (self.policy.max_age_s or math.inf)
        if self.policy.authorities and self.stamped_s < oldest:
            raise CheckFailedError("tsr", f"no time stamp is younger than {int(self.policy.max_age_s or 0)} s")

    def check_escrow(self, escrow: Checkpoint, size: int) -> None:
        """Compare the log with a checkpoint that left the house."""
        if not same_log(escrow.origin, self.report.origin, policy=self.policy):
            raise CheckFailedError("escrowed checkpoint", f"is of the log {escrow.origin}")
        self.check_extends(escrow, size, place="escrowed checkpoint")
        self.report.checked.append(f"the log extends the escrowed checkpoint of {escrow.size} entries")

    def check_extends(self, old: Checkpoint, size: int, *, place: str) -> None:
        """Check that the log holds the first entries of an older checkpoint unchanged."""
        if old.size > size:
            raise CheckFailedError(place, f"covers {old.size} entries, the log has {size}: it was cut back")
        if old.size <= self.tree.size and self.tree.root(old.size) != old.root:
            raise CheckFailedError(place, f"the log's first {old.size} entries are not those it was signed over")

    def check_wal(self, wal: Source, size: int) -> None:
        """Compare the write-ahead log with the entries; what lies behind the checkpoint is durable, not signed."""
        known = self.tree.levels[0]
        names = wal.names()
        for name in names:
            for index, entry in read_wal(name, wal.read(name) or b"", is_last=name == names[-1], report=self.report):
                if index == len(known) and index >= size:
                    check_entry(entry, index, place=f"wal/{name}")
                    self.tree.append(leaf_hash(entry))
                elif index < len(known) and known[index] != leaf_hash(entry):
                    raise CheckFailedError(f"wal/{name}", f"the record of entry {index} is not the entry in the log")
        self.report.checked.append("the write-ahead log against the entries")
        if len(known) > size:
            self.report.notices.append(f"{len(known) - size} entries are durable but not yet covered by a checkpoint")


def stated_minimum(entry: bytes) -> int:
    """Return the first kept entry that an entry about pruning states, 0 for other entries."""
    try:
        leaf = json.loads(entry)
        return int(leaf["data"]["minimum_index"]) if leaf["type"] == "retention.pruned" else 0
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0


def stated_link(entry: bytes) -> tuple[object, object] | None:
    """Return size and root of the checkpoint that a shard's first entry states, None for other entries."""
    if b'"log.continued"' not in entry:
        return None
    try:
        leaf = json.loads(entry)
        return (leaf["data"]["size"], leaf["data"]["root"]) if leaf["type"] == "log.continued" else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def check_entry(entry: bytes, index: int, *, place: str) -> None:
    """Check an entry's form: canonical JSON of our schema with its own index as sequence number."""
    try:
        leaf = json.loads(entry)
        canonical = ENCODER.encode(leaf).encode()
    except (ValueError, RecursionError) as error:
        raise CheckFailedError(place, f"entry {index} is not JSON") from error
    if (
        not isinstance(leaf, dict)
        or not str(leaf.get("schema", "")).startswith("averment.event/")
        or canonical != entry
    ):
        raise CheckFailedError(place, f"entry {index} is not an event in canonical form")
    if leaf.get("seq") != index:
        raise CheckFailedError(place, f"entry {index} carries the sequence number {leaf.get('seq')!r}")


ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_wal(name: str, content: bytes, *, is_last: bool, report: Report) -> Iterator[tuple[int, bytes]]:
    """Yield (index, entry) of a segment; damage that no crash explains is a failure."""
    place = f"wal/{name}"
    if not re.fullmatch(r"[0-9]{20}\.seg", name) or content[: len(WAL_MAGIC)] != WAL_MAGIC[: len(content)]:
        raise CheckFailedError(place, "not a segment of the write-ahead log")
    at, index, end = len(WAL_MAGIC), int(name[:20]), len(content.rstrip(b"\x00"))
    while at < end:
        length, number, checksum = WAL_HEADER.unpack_from(content.ljust(at + WAL_HEADER.size, b"\x00"), at)
        stop = at + WAL_HEADER.size + length
        entry = content[at + WAL_HEADER.size : stop]
        if number != index or checksum != zlib.crc32(entry, zlib.crc32(struct.pack(">IQ", length, number))):
            if not is_last or index < report.size:
                raise CheckFailedError(place, f"the record of entry {index} is damaged")
            report.notices.append(f"{place}: {end - at} bytes behind the last record, as a crash leaves them")
            return
        yield index, entry
        at, index = stop, index + 1
    if is_last and index < report.size:
        raise CheckFailedError(place, f"ends before entry {index}, which the checkpoint covers")


# --- Receipts and bundles ----------------------------------------------------------------------------------------


def check_proof(entry: bytes, text: str, *, policy: Policy, place: str) -> tuple[int, Checkpoint]:
    """Check an entry against a `.tlog-proof` and return its index and the checkpoint."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    path = [unbase64(line) for line in lines[2:]]
    match = re.fullmatch("index (0|[1-9][0-9]{0,17})", lines[1]) if len(lines) > 1 else None
    if lines[0] != "c2sp.org/tlog-proof@v1" or match is None or any(node is None or len(node) != HASH for node in path):
        raise CheckFailedError(place, "not a proof")
    index = int(match[1])
    checkpoint = open_note(note.encode("utf-8", "surrogatepass"), policy, place=place)
    if index >= checkpoint.size:
        raise CheckFailedError(place, f"index {index} lies outside the log of {checkpoint.size} entries")
    if root_of_path(leaf_hash(entry), index, size=checkpoint.size, path=cast("list[bytes]", path)) != checkpoint.root:
        raise CheckFailedError(place, f"the entry and its path do not lead to the signed root (entry {index})")
    check_entry(entry, index, place=place)
    return index, checkpoint


def check_receipt(document: Mapping[str, object], policy: Policy, *, report: Report) -> None:
    """Check a receipt, and where it comes with an answer, that it is the receipt of that answer."""
    receipt = document.get("receipt", document)
    fields = ("origin", "leaf_hash", "entry", "checkpoint", "inclusion_proof")
    if not isinstance(receipt, Mapping) or not all(isinstance(receipt.get(name), str) for name in fields):
        raise BadInputError(f"no receipt: expected an object with {', '.join(fields)} and index")
    entry = str(receipt["entry"]).encode("utf-8", "surrogatepass")
    index, checkpoint = check_proof(
        entry, str(receipt["inclusion_proof"]), policy=policy, place="receipt.inclusion_proof"
    )
    report.origin, report.size = checkpoint.origin, checkpoint.size
    report.root = base64.b64encode(checkpoint.root).decode()
    check_signers(checkpoint.raw, policy, beside=None, report=report, place="receipt.checkpoint")
    check_quorum(checkpoint, policy, report=report, place="receipt.checkpoint")
    stated = {"index": index, "origin": checkpoint.origin, "leaf_hash": f"sha256:{leaf_hash(entry).hex()}"}
    stated["checkpoint"] = checkpoint.raw.decode()
    for name, value in stated.items():
        if receipt.get(name) != value:
            raise CheckFailedError(f"receipt.{name}", "is not what the proof says")
    report.checked.append(f"entry {index} is in the log of {checkpoint.size} entries signed by {checkpoint.origin}")
    if document is not receipt:
        check_answer(document, json.loads(entry), report=report)


def check_answer(answer: Mapping[str, object], leaf: Mapping[str, object], *, report: Report) -> None:
    """Check that the entry records this answer: its id, and the places its sentences cite."""
    data = cast("Mapping[str, object]", leaf["data"])
    if leaf["type"] != "analysis.completed" or data.get("answer_id") != answer.get("id"):
        raise CheckFailedError("receipt.entry", f"records {leaf['type']} of {data.get('answer_id')}, not this answer")
    if data.get("status") != answer.get("status"):
        raise CheckFailedError("status", f"the entry records the status {data.get('status')!r}")
    try:
        places = list(dict.fromkeys(place_digest(citation) for citation in answer_citations(answer)))
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        raise CheckFailedError("sentences", "not written as an answer's sentences are") from error
    digest = hashlib.sha256(ENCODER.encode(places).encode()).hexdigest()
    if data.get("citations_digest") != f"sha256:{digest}":
        raise CheckFailedError("sentences", "the places they cite are not those the entry records")
    report.checked.append(f"the entry records this answer's id, its status and the {len(places)} places it cites")


def answer_citations(answer: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield the citations of an answer's sentences, those of computed operands included, in order."""
    for sentence in cast("Sequence[Mapping[str, object]]", answer.get("sentences") or ()):
        claim = cast("Mapping[str, object]", sentence.get("claim") or {})
        yield from cast("Sequence[Mapping[str, object]]", claim.get("citations") or ())
        calculation = cast("Mapping[str, object]", claim.get("calculation") or {})
        for operand in cast("Sequence[Mapping[str, object]]", calculation.get("operands") or ()):
            yield cast("Mapping[str, object]", operand["citation"])


def place_digest(citation: Mapping[str, object]) -> str:
    """Return the digest that names a cited place."""
    place = [citation.get(name) for name in ("document_id", "text_hash", "start", "end")]
    return f"sha256:{hashlib.sha256(ENCODER.encode(place).encode()).hexdigest()}"


def check_bundle(path: Path, policy: Policy, *, report: Report, escrow: Checkpoint | None) -> None:
    """Check an exported bundle: its manifest, then the log or the single entries in it."""
    files = read_zip(path)
    try:
        manifest = json.loads(files["manifest.json"])
        listed = {str(item["path"]): str(item["sha256"]) for item in manifest["files"]}
        kind, state = str(manifest["kind"]), (manifest["origin"], manifest["size"], manifest["root"])
    except (KeyError, ValueError, TypeError) as error:
        raise CheckFailedError("manifest.json", "missing or not a manifest") from error
    for name in sorted({*files, *listed} - {"manifest.json"}):
        found = f"sha256:{hashlib.sha256(files[name]).hexdigest()}" if name in files else None
        if found != listed.get(name):
            report.fail(name, "missing" if found is None else "its digest is not that of the manifest")
    report.checked.append(f"manifest: {len(listed)} files")
    report.kind = f"bundle of a {kind}"
    if kind == "log":
        LogCheck(ZipSource(files, "log/"), policy, report).run(None, escrow)
    else:
        head = check_slice(files, policy, report=report)
        report.attempt(check_growth, files, head, policy=policy, escrow=escrow, report=report)
    if not report.failures and state != (report.origin, report.size, report.root):
        report.fail("manifest.json", "names another state of the log than the checkpoint")


def check_growth(
    files: Mapping[str, bytes], head: Checkpoint, *, policy: Policy, escrow: Checkpoint | None, report: Report
) -> None:
    """Check by the proofs in a bundle that its checkpoint extends one that left the house."""
    if escrow is None:
        return
    name = f"growth/{escrow.size}"
    if not same_log(escrow.origin, head.origin, policy=policy) or escrow.size > head.size:
        raise CheckFailedError("escrowed checkpoint", f"is of {escrow.origin} with {escrow.size} entries")
    if escrow.size not in (0, head.size) and name not in files:
        report.not_established.append(f"that the log extends the escrowed checkpoint: the bundle has no {name}")
        return
    path = [unbase64(line) for line in files.get(name, b"").decode("ascii", "replace").split()]
    if any(node is None or len(node) != HASH for node in path):
        raise CheckFailedError(name, "holds something else than hashes")
    nodes = cast("list[bytes]", path)
    if not grows(escrow.size, head.size, old_root=escrow.root, new_root=head.root, path=nodes):
        raise CheckFailedError("escrowed checkpoint", f"the log of {head.size} entries does not extend it: a fork")
    report.checked.append(f"the log extends the escrowed checkpoint of {escrow.size} entries")


def check_slice(files: Mapping[str, bytes], policy: Policy, *, report: Report) -> Checkpoint:
    """Check entries that come each with its own proof, and return the checkpoint they lead to."""
    head = open_note(files.get("log/checkpoint", b""), policy, place="log/checkpoint")
    report.origin, report.size, report.root = head.origin, head.size, base64.b64encode(head.root).decode()
    check_signers(head.raw, policy, beside=None, report=report, place="log/checkpoint")
    check_quorum(head, policy, report=report, place="log/checkpoint")
    names = sorted(name for name in files if name.startswith("entries/"))
    for name in names:
        proof = "proofs/" + name.removeprefix("entries/").removesuffix(".json") + ".tlog-proof"

        def check(name: str = name, proof: str = proof) -> None:
            index, checkpoint = check_proof(
                files[name], files.get(proof, b"").decode("utf-8", "replace"), policy=policy, place=proof
            )
            if name != f"entries/{index}.json" or checkpoint.root != head.root:
                raise CheckFailedError(proof, f"proves entry {index} under another name or checkpoint")

        report.attempt(check)
    report.checked.append(f"{len(names)} entries, each with its path to the signed root")
    report.not_established.append("that the entries in this bundle are all that match its filter")
    return head


def read_zip(path: Path) -> dict[str, bytes]:
    """Read a bundle's files; they are stored uncompressed, so a small file cannot unpack into a large one."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len({info.filename for info in infos}) != len(infos):
                raise CheckFailedError(path.name, "a file name occurs twice")
            packed = [info.filename for info in infos if info.compress_type != zipfile.ZIP_STORED]
            if packed:
                raise CheckFailedError(packed[0], "is compressed; bundles store their files as they are")
            return {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise CheckFailedError(path.name, f"not a whole ZIP file: {error}") from error


# --- Command line ------------------------------------------------------------------------------------------------


def verify(what: Path, policy: Policy, *, escrow: Checkpoint | None) -> Report:
    """Check a bundle, a folder or a receipt."""
    report = Report()
    if escrow is None:
        report.not_established.append(NO_ESCROW)
    if what.is_dir():
        report.attempt(check_folder, what, policy, report=report, escrow=escrow)
    elif zipfile.is_zipfile(what):
        report.attempt(check_bundle, what, policy, report=report, escrow=escrow)
    else:
        report.kind = "receipt"
        if escrow is not None:
            report.not_established.append(NO_GROWTH)
        report.attempt(check_receipt, read_object(what), policy, report=report)
    return report


def read_object(path: Path) -> Mapping[str, object]:
    """Read a JSON object."""
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{path} is neither a folder, a bundle (.zip) nor JSON: {error}") from error
    if not isinstance(document, dict):
        raise BadInputError(f"{path} is no JSON object; expected a receipt or an answer with one")
    return document


def check_folder(what: Path, policy: Policy, *, report: Report, escrow: Checkpoint | None) -> None:
    """Check `evidence/` with its write-ahead log, or `evidence/log` alone."""
    log = what / "log" if (what / "log").is_dir() else what
    if not any((log / name).exists() for name in ("checkpoint", "tile", "checkpoints")):
        raise BadInputError(f"{what} holds no log: expected checkpoint and tile/, in it or in its folder log/")
    report.kind = "log"
    wal = FolderSource(what / "wal") if log != what and (what / "wal").is_dir() else None
    beside = read_policy_beside(log, report=report)
    LogCheck(FolderSource(log), policy, report, beside=beside).run(wal, escrow)


def read_policy_beside(log: Path, *, report: Report) -> Policy | None:
    """Read the log's own policy, where there is one."""
    path = log.parent / "policy.tlog-policy"
    try:
        return parse_policy(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (BadInputError, UnicodeDecodeError) as error:
        report.fail(path.name, str(error))
        return None


def is_growing(what: Path, before: bytes | None) -> bool:
    """Tell whether a log in a folder was signed anew since its checkpoint was read."""
    return what.is_dir() and before is not None and read_checkpoint(what) != before


def read_checkpoint(what: Path) -> bytes | None:
    """Read the newest checkpoint of a log in a folder."""
    return FolderSource(what).read("log/checkpoint") or FolderSource(what).read("checkpoint")


def show(report: Report, what: Path) -> None:
    """Print a report for people."""
    print(f"{what}: {report.kind}, {report.origin or 'unknown origin'}, {report.size} entries, root {report.root}")
    for line in report.checked:
        print(f"  checked: {line}")
    for line in report.notices:
        print(f"  notice: {line}")
    for number, failure in enumerate(report.failures):
        print(f"  {'FIRST BAD PLACE' if number == 0 else 'also bad'}: {failure['place']}: {failure['reason']}")
    for line in report.not_established:
        print(f"  not established: {line}")
    print("FAILED" if report.failures else "VERIFIED")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    parser = argparse.ArgumentParser(prog="averment-verify", description="Check a log, a bundle or a receipt offline.")
    parser.add_argument("what", type=Path, help="bundle (.zip), folder of a log, or receipt or answer (JSON)")
    parser.add_argument("--policy", type=Path, required=True, help="trust policy or public key, from a way of its own")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint that left the house, to compare the log with")
    parser.add_argument("--max-age", type=float, help="how old a witness's cosignature may be to count, seconds")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    arguments = parser.parse_args(argv)
    try:
        policy = parse_policy(arguments.policy.read_text(encoding="utf-8"))
        policy.max_age_s = arguments.max_age
        escrow = read_escrow(arguments.checkpoint, policy) if arguments.checkpoint else None
        report, before = Report(), None
        for _ in range(MAX_ATTEMPTS):  # A log that is being written moves under the check.
            before = read_checkpoint(arguments.what)
            report = verify(arguments.what, policy, escrow=escrow)
            if not report.failures or not is_growing(arguments.what, before):
                break
    except (BadInputError, OSError, UnicodeDecodeError) as error:
        print(f"averment-verify: {error}", file=sys.stderr)
        return EXIT_USAGE
    if arguments.what.is_dir() and arguments.policy.resolve().is_relative_to(arguments.what.resolve()):
        report.notices.append("the policy lies in the folder it judges: whoever rewrites the one can rewrite the other")
    if arguments.json:
        verdict = "failed" if report.failures else "verified"
        print(json.dumps({"schema_version": 1, "result": verdict, **asdict(report)}, indent=2, ensure_ascii=False))
    else:
        show(report, arguments.what)
    return EXIT_FAILED if report.failures else EXIT_OK


def read_escrow(path: Path, policy: Policy) -> Checkpoint:
    """Read a checkpoint that left the house: a signed note, or the three lines that were printed of it.

    What was printed carries no signature; it is worth what the paper is worth.
    """
    raw = path.read_bytes()
    lines = raw.decode("utf-8", "replace").split()
    root = unbase64(lines[2]) if len(lines) == 3 and lines[1].isascii() and lines[1].isdigit() else None
    if root is not None and len(root) == HASH:
        return Checkpoint(lines[0], int(lines[1]), root, raw)
    try:
        return open_note(raw, policy, place=str(path))
    except CheckFailedError as error:
        raise BadInputError(f"the checkpoint {error}") from error


if __name__ == "__main__":
    sys.exit(main())
