"""Time stamps of checkpoints (RFC 3161): somebody else saw this text at this time.

Needs the extra `timestamp` (`rfc3161-client`); checking needs no network. A token lies beside the log as
`log/tsr/<size>.tsr`, over the text of the checkpoint's note.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from cryptography import x509

from averment.compliance.log.anchors import Post, Request, Timestamper
from averment.compliance.log.layout import HISTORY, TIMESTAMPS
from averment.compliance.log.note import Note
from averment.compliance.log.policy import CLOCK_SLACK_S, Freshness, TrustPolicy
from averment.compliance.log.verification import Failure
from averment.core.errors import AuditIntegrityError, ConfigurationError

PACKAGE: Final = "rfc3161_client"
_QUERY: Final = "application/timestamp-query"


def open_timestamper(url: str, post: Post, *, roots: Sequence[bytes] = ()) -> Timestamper:
    """Return what has bytes time-stamped by the authority at an address.

    Args:
        url: Where it takes queries.
        post: Sends them.
        roots: Certificates (DER) that its own must lead to; it is not checked where there are none.

    Raises:
        ConfigurationError: The package is not installed.
    """
    require_package()

    def stamp(content: bytes) -> bytes:
        from rfc3161_client import TimestampRequestBuilder, decode_timestamp_response

        query = TimestampRequestBuilder().data(content).build()
        reply = post(Request(url=url, body=query.as_bytes(), content_type=_QUERY))
        try:
            response = decode_timestamp_response(reply.body)
            imprint = response.tst_info.message_imprint.message
        except ValueError as error:
            raise ConnectionError(f"{url} answered with status {reply.status} and no time stamp: {error}") from error
        if imprint != hashlib.sha512(content).digest() or response.tst_info.nonce != query.nonce:
            raise ConnectionError(f"{url} stamped something else than it was asked to")
        if roots:
            stamped_at(reply.body, content, roots=roots)
        return reply.body

    return stamp


def stamped_at(token: bytes, content: bytes, *, roots: Sequence[bytes]) -> datetime:
    """Return when an authority below one of the roots (DER certificates) stamped some bytes.

    Raises:
        AuditIntegrityError: It did not: another text, another root, or no time stamp.
        ConfigurationError: The package is not installed.
    """
    require_package()
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        response = decode_timestamp_response(token)
        builder = VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(x509.load_der_x509_certificate(root))
        builder.build().verify_message(response, content)
    except (ValueError, VerificationError) as error:
        raise AuditIntegrityError(f"the time stamp does not verify: {error}") from error
    moment = response.tst_info.gen_time
    assert isinstance(moment, datetime)
    return moment


def timestamp_failures(log_folder: Path, policy: TrustPolicy, *, freshness: Freshness) -> tuple[Failure, ...]:
    """Check the time stamps beside a log against the checkpoints they stamp, where the policy trusts an authority.

    Args:
        log_folder: The folder `log/`.
        policy: Whose roots are trusted.
        freshness: How old the newest one may be.

    Raises:
        ConfigurationError: There is something to check, and the package is not installed.
    """
    if not policy.authorities:
        return ()
    failures: list[Failure] = []
    newest_s = float("-inf")
    folder = log_folder / TIMESTAMPS
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        place = f"{TIMESTAMPS}/{path.name}"
        try:
            kept = Note.parse((log_folder / HISTORY / path.stem).read_bytes(), name=f"{HISTORY}/{path.stem}")
            moment = stamped_at(path.read_bytes(), kept.text.encode(), roots=policy.authorities).timestamp()
        except (OSError, AuditIntegrityError) as error:
            failures.append(Failure(place=place, reason=str(error)))
            continue
        newest_s = max(newest_s, moment)
        if moment > freshness.now_s + CLOCK_SLACK_S:
            failures.append(Failure(place=place, reason="was made in the future"))
    if freshness.max_age_s is not None and newest_s < freshness.now_s - freshness.max_age_s:
        reason = f"no time stamp is younger than {int(freshness.max_age_s)} s"
        failures.append(Failure(place=TIMESTAMPS, reason=reason))
    return tuple(failures)


def require_package() -> None:
    """Refuse to go on without the package.

    Raises:
        ConfigurationError: It is not installed.
    """
    if find_spec(PACKAGE) is None:
        raise ConfigurationError(
            "time stamps need the package rfc3161-client", hint="pip install 'averment[timestamp]'"
        )
