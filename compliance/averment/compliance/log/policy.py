"""Trust policies (C2SP tlog-policy): which logs, and which quorum of witnesses, make a checkpoint credible.

Three things that the format has no line for stand in comments, which other software ignores: over which sizes of the
log a key's signature counts (`# averment-key ID from N until M`), the certificates of time-stamping authorities
(`# averment-tsa BASE64`), and witnesses that cosigned once and are asked no more (`# averment-witness VKEY`). Software
that ignores the first goes on to trust a revoked key: take its `log` line out of the policy that such software gets.
"""

import base64
import binascii
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from averment.compliance.log.checkpoint import Checkpoint, is_origin_of
from averment.compliance.log.cosignature import cosigned_at
from averment.compliance.log.note import COSIGNATURE, Note, VerifierKey
from averment.core.errors import AuditIntegrityError, ConfigurationError

NO_QUORUM: Final = "none"
CLOCK_SLACK_S: Final = 300
"""How far a witness's clock may be ahead of ours for its cosignature to count, seconds."""
_KEY: Final = "averment-key"
_AUTHORITY: Final = "averment-tsa"
_FORMER: Final = "averment-witness"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """The present time, seconds since the epoch, and how old a witness's or authority's word may be, seconds."""

    now_s: float
    max_age_s: float | None = None

    def problem(self, moment_s: float) -> str | None:
        """Say what is wrong with the time of a statement, or None."""
        if moment_s > self.now_s + CLOCK_SLACK_S:
            return "in the future"
        if self.max_age_s is not None and moment_s < self.now_s - self.max_age_s:
            return f"{int(self.now_s - moment_s)} s ago, more than the {int(self.max_age_s)} s allowed"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySpan:
    """The sizes of the log, both included, over which a key's signature counts; `last` None is without end."""

    key_id: bytes
    first: int = 0
    last: int | None = None

    def covers(self, size: int) -> bool:
        """Tell whether the signature counts on a checkpoint of this size."""
        return self.first <= size and (self.last is None or size <= self.last)

    def line(self) -> str:
        """Write the comment that states it."""
        end = "" if self.last is None else f" until {self.last}"
        return f"# {_KEY} {self.key_id.hex()} from {self.first}{end}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A witness under the name it has in this policy; `url` is where it takes checkpoints, empty where unknown."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Witnesses and groups, of which so many must have cosigned."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """Whose signatures are trusted.

    Attributes:
        logs: Keys of logs; several of one name where a key was changed.
        spans: Limits of some of these keys; a key without one is trusted at every size.
        witnesses: Known witnesses.
        groups: Groups of them, each named after its members.
        quorum: The witness or group that must have cosigned, or `none`.
        authorities: Certificates (DER) of trusted time-stamping authorities' roots.
        former: Keys of witnesses that cosigned once; their words count for no quorum.
    """

    logs: tuple[VerifierKey, ...]
    spans: tuple[KeySpan, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NO_QUORUM
    authorities: tuple[bytes, ...] = field(default=(), repr=False)
    former: tuple[VerifierKey, ...] = ()

    def encode(self) -> str:
        """Write the policy file."""
        words = [["log", key.vkey] for key in self.logs]
        words += [["witness", item.name, item.key.vkey, item.url] for item in self.witnesses]
        words += [["group", group.name, str(group.threshold), *group.members] for group in self.groups]
        words.append(["quorum", self.quorum])
        lines = [" ".join(filter(None, line)) + "\n" for line in words]
        roots = [f"# {_AUTHORITY} {base64.b64encode(root).decode()}\n" for root in self.authorities]
        former = [f"# {_FORMER} {key.vkey}\n" for key in self.former]
        return "".join([*(span.line() for span in self.spans), *lines, *roots, *former])

    @classmethod
    def parse(cls, text: str, *, name: str) -> "TrustPolicy":
        """Read a policy file, or a bare verifier key on one line.

        Raises:
            ConfigurationError: A line is malformed, a key or name is there twice, the quorum line is missing or
                names nothing, or a comment of ours is not understood.
        """
        lines = [line.strip(" \t") for line in text.split("\n")]
        rows = [line.split() for line in lines if line and not line.startswith("#")]
        if len(rows) == 1 and len(rows[0]) == 1:
            rows = [["log", rows[0][0]], ["quorum", NO_QUORUM]]
        try:
            comments = [line[1:].split() for line in lines if line.startswith("#")]
            policy = cls(
                logs=tuple(VerifierKey.parse(vkey) for vkey, *_ in _rows(rows, "log", (1, 2))),
                spans=tuple(_span(words) for words in comments if words[:1] == [_KEY]),
                witnesses=tuple(_witness(words) for words in _rows(rows, "witness", (2, 3))),
                groups=tuple(_group(words) for words in _rows(rows, "group", range(3, 1 + len(text)))),
                quorum=_quorum(rows),
                authorities=tuple(_authority(words) for words in comments if words[:1] == [_AUTHORITY]),
                former=tuple(_former(words) for words in comments if words[:1] == [_FORMER]),
            )
            policy._check(rows)
        except (ValueError, binascii.Error) as error:
            raise ConfigurationError(
                f"{name} is not a trust policy: {error}",
                hint="expected lines 'log <vkey>', 'witness <name> <vkey>', 'group <name> <k> <name>...' and one "
                "'quorum <name>|none' behind what it names",
            ) from error
        return policy

    def _check(self, rows: Sequence[Sequence[str]]) -> None:
        unknown = [row[0] for row in rows if row[0] not in {"log", "witness", "group", "quorum"}]
        if unknown:
            raise ValueError(f"a line begins with {unknown[0]!r}")
        keys = [*self.logs, *(witness.key for witness in self.witnesses), *self.former]
        if not self.logs or len({key.public for key in keys}) != len(keys):
            raise ValueError("it names no log, or a key twice")
        if {span.key_id for span in self.spans} - {key.id for key in self.logs}:
            raise ValueError(f"a line '# {_KEY}' limits a key that no line 'log' has")
        _check_names(rows)

    def log_of(self, origin: str) -> str | None:
        """Return the name of the trusted log that has a shard of this origin, or None."""
        names = {key.name for key in self.logs if is_origin_of(origin, key.name)}
        return max(names, key=len, default=None)

    def span(self, key: VerifierKey) -> KeySpan:
        """Return the sizes over which a key's signature counts."""
        return next((span for span in self.spans if span.key_id == key.id), KeySpan(key_id=key.id))

    def open_checkpoint(self, raw: bytes, *, name: str) -> tuple[Note, Checkpoint]:
        """Read a checkpoint that a trusted key signed while it was trusted; cosignatures are not looked at.

        Raises:
            AuditIntegrityError: It is no checkpoint, a signature is wrong, or none counts; the message carries `name`.
        """
        note = Note.parse(raw, name=name)
        own = self._of_shard(note)
        signers = note.verify([*own, *self.logs], name=name)
        checkpoint = Checkpoint.parse(note.text, name=name)
        counting = [own[key] for key in signers if key in own]
        if not counting:
            raise AuditIntegrityError(f"{name}: its origin is not the name of the trusted key that signed it")
        if not any(self.span(key).covers(checkpoint.size) for key in counting):
            ids = ", ".join(key.id.hex() for key in counting)
            raise AuditIntegrityError(
                f"{name}: the key that signed it ({ids}) is not trusted for {checkpoint.size} entries: it was revoked, "
                "or is newer"
            )
        return note, checkpoint

    def unnamed_signers(self, note: Note, *, name: str, beside: "TrustPolicy | None" = None) -> tuple[str, ...]:
        """Return the signers of a checkpoint's note whom this policy does not name, each as `NAME (key ID)`.

        Args:
            note: The checkpoint's note. All is checked that keys of the log and witnesses, also former ones, signed.
            name: What the message of an error carries.
            beside: The log's own policy, where it is there; it names whoever signs checkpoints of the log.

        Raises:
            AuditIntegrityError: A signature is wrong, or of a signer whom neither policy names.
        """
        logs = [*self._of_shard(note), *self.logs]
        witnesses = [*(witness.key for witness in self.witnesses), *self.former]
        named = {(key.name, key.id) for key in (*logs, *witnesses)}
        note.verify(logs, name=name)
        for witness in witnesses:
            cosigned_at(note, witness, name=name)
        lines = [line for line in note.signatures if (line.name, line.key_id) not in named]
        unnamed = tuple(f"{line.name} (key {line.key_id.hex()})" for line in lines)
        strange = set(unnamed).intersection(beside.unnamed_signers(note, name=name) if beside and unnamed else ())
        if strange:
            raise AuditIntegrityError(f"{name}: signed by {min(strange)}, whom neither policy names: it was changed")
        return unnamed

    def _of_shard(self, note: Note) -> dict[VerifierKey, VerifierKey]:
        """Return the log's keys, which policies have under the name of the log, by what they are in a note's shard."""
        log = self.log_of(origin := note.text.partition("\n")[0])
        return {key.named(origin): key for key in self.logs if key.name == log}

    def check_quorum(self, note: Note, *, name: str, freshness: "Freshness") -> tuple[str, ...]:
        """Return the names of the witnesses that cosigned a checkpoint's note, once they are enough.

        Raises:
            AuditIntegrityError: A known witness's cosignature is wrong, or the quorum is not met.
        """
        met: set[str] = set()
        remarks: list[str] = []
        for witness in self.witnesses:
            moment = cosigned_at(note, witness.key, name=name)
            if moment is None:
                remarks.append(f"{witness.name} did not cosign")
            elif problem := freshness.problem(moment):
                remarks.append(f"{witness.name} cosigned {problem}")
            else:
                met.add(witness.name)
        if not self.is_met_by(met):
            raise AuditIntegrityError(f"{name}: the quorum {self.quorum!r} is not met: {'; '.join(remarks)}")
        return tuple(witness.name for witness in self.witnesses if witness.name in met)

    def is_met_by(self, witnesses: Collection[str]) -> bool:
        """Tell whether cosignatures of these witnesses make up the quorum."""
        met = {NO_QUORUM, *witnesses}
        for group in self.groups:  # a group stands behind its members
            if sum(member in met for member in group.members) >= group.threshold:
                met.add(group.name)
        return self.quorum in met


def quorum_of(witnesses: Sequence[Witness], *, needed: int) -> tuple[tuple[Group, ...], str]:
    """Return groups and quorum by which so many of some witnesses must cosign; 0 asks for none."""
    if not needed:
        return (), NO_QUORUM
    group = Group(name="quorum", threshold=needed, members=tuple(witness.name for witness in witnesses))
    return (group,), group.name


def _rows(rows: Iterable[Sequence[str]], word: str, lengths: Collection[int]) -> list[Sequence[str]]:
    found = [row[1:] for row in rows if row[0] == word]
    if any(len(row) not in lengths for row in found):
        raise ValueError(f"a line {word!r} has too few or too many parts")
    return found


def _span(words: Sequence[str]) -> KeySpan:
    match words[1:]:
        case [key_id, "from", first]:
            return KeySpan(key_id=bytes.fromhex(key_id), first=_size(first))
        case [key_id, "from", first, "until", last]:
            return KeySpan(key_id=bytes.fromhex(key_id), first=_size(first), last=_size(last))
    raise ValueError(f"{' '.join(words)!r} is not '{_KEY} ID from SIZE [until SIZE]'")


def _size(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{text!r} is no size of a log")
    return int(text)


def _witness(words: Sequence[str]) -> Witness:
    name, vkey, *url = words
    return Witness(name=name, key=VerifierKey.parse(vkey, algorithm=COSIGNATURE), url="".join(url))


def _group(words: Sequence[str]) -> Group:
    name, threshold, *members = words
    needed = {"any": 1, "all": len(members)}.get(threshold) or _size(threshold)
    if not 1 <= needed <= len(members) or len(set(members)) != len(members):
        raise ValueError(f"the group {name!r} cannot be met by {threshold!r} of its {len(members)} members")
    return Group(name=name, threshold=needed, members=tuple(members))


def _quorum(rows: Iterable[Sequence[str]]) -> str:
    found = _rows(rows, "quorum", (1,))
    if len(found) != 1:
        raise ValueError(f"it has {len(found)} lines 'quorum', expected one")
    return found[0][0]


def _check_names(rows: Iterable[Sequence[str]]) -> None:
    """Check that names are new where they are given, known where they are used, and members of one group at most."""
    known = {NO_QUORUM}
    members: set[str] = {NO_QUORUM}
    for row in rows:
        used = row[3:] if row[0] == "group" else row[1:] if row[0] == "quorum" else []
        if set(used) - known or (row[0] == "group" and members & set(used)):
            raise ValueError(f"the line '{' '.join(row)[:80]}' names what no line before it defines, or a member twice")
        if row[0] == "group":
            members |= set(used)
        if row[0] in {"witness", "group"}:
            if row[1] in known:
                raise ValueError(f"the name {row[1]!r} is given twice")
            known.add(row[1])


def _authority(words: Sequence[str]) -> bytes:
    if len(words) != 2:
        raise ValueError(f"a line '# {_AUTHORITY}' does not hold one certificate in base64")
    return base64.b64decode(words[1], validate=True)


def _former(words: Sequence[str]) -> VerifierKey:
    if len(words) != 2:
        raise ValueError(f"a line '# {_FORMER}' does not hold one verifier key")
    return VerifierKey.parse(words[1], algorithm=COSIGNATURE)
