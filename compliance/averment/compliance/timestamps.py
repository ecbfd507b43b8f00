"""Time stamps of checkpoints (RFC 3161): somebody else saw this text at this time.

Needs the extra `timestamp` (`rfc3161-client`); checking needs no network. A token lies beside the log as
`log/tsr/<size>.tsr`, over the text of the checkpoint's note.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from typing import Final

from cryptography import x509

from averment.compliance.log.anchors import Post, Request, Timestamper
from averment.core.errors import AuditIntegrityError, ConfigurationError

PACKAGE: Final = "rfc3161_client"
_QUERY: Final = "application/timestamp-query"


def open_timestamper(url: str, post: Post) -> Timestamper:
    """Return what has bytes time-stamped by the authority at an address.

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


def require_package() -> None:
    """Refuse to go on without the package.

    Raises:
        ConfigurationError: It is not installed.
    """
    if find_spec(PACKAGE) is None:
        raise ConfigurationError(
            "time stamps need the package rfc3161-client", hint="pip install 'averment[timestamp]'"
        )
