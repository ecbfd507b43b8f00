"""Whom the settings have asked about checkpoints: witnesses, and a time-stamping authority."""

from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from averment.compliance.log.anchors import Anchors, http_post
from averment.compliance.log.note import COSIGNATURE, VerifierKey
from averment.compliance.log.policy import TrustPolicy, Witness, quorum_of
from averment.compliance.timestamps import open_timestamper
from averment.core.errors import ConfigurationError
from averment.core.record_settings import LogSettings


def witnesses_of(settings: LogSettings) -> tuple[Witness, ...]:
    """Return the witnesses that the settings name.

    Raises:
        ConfigurationError: A key is malformed, a name is there twice, or the quorum is larger than their number.
    """
    witnesses = tuple(
        Witness(name=item.name, key=VerifierKey.parse(item.vkey, algorithm=COSIGNATURE), url=item.url)
        for item in settings.witnesses
    )
    if len({witness.name for witness in witnesses} - {"none", "quorum"}) != len(witnesses):
        raise ConfigurationError("log.witnesses: each needs a name of its own, other than 'none' and 'quorum'")
    if settings.witness_quorum > len(witnesses):
        raise ConfigurationError(
            f"log.witness_quorum is {settings.witness_quorum}, log.witnesses names {len(witnesses)}",
            hint="name more witnesses, or demand fewer",
        )
    return witnesses


def anchors_of(settings: LogSettings) -> Anchors | None:
    """Return those who are asked about checkpoints; None where the settings name nobody.

    Raises:
        ConfigurationError: The settings contradict themselves, or the package for time stamps is not installed.
    """
    witnesses = witnesses_of(settings)
    if not witnesses and settings.timestamp_url is None:
        return None
    post = http_post(settings.witness_timeout_s)
    timestamper = None
    if settings.timestamp_url is not None:
        timestamper = open_timestamper(settings.timestamp_url, post, roots=authorities_of(settings))
    return Anchors(witnesses=witnesses, needed=settings.witness_quorum, post=post, timestamper=timestamper)


def authorities_of(settings: LogSettings) -> tuple[bytes, ...]:
    """Return the certificate (DER) of the time-stamping authority's root, where the settings name one.

    Raises:
        ConfigurationError: The file cannot be read or holds no certificate.
    """
    if settings.timestamp_root is None:
        return ()
    try:
        certificate = x509.load_pem_x509_certificate(settings.timestamp_root.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"log.timestamp_root: {str(settings.timestamp_root)!r} holds no certificate: {error}",
            hint="name the PEM file of the authority's root certificate",
        ) from error
    return (certificate.public_bytes(Encoding.DER),)


def with_anchors(text: str, settings: LogSettings) -> str:
    """Return a trust policy with witnesses, quorum and authority of the settings, and all else as it was.

    Witnesses that the settings no longer name stay as former ones: checkpoints that are kept bear their cosignatures.
    """
    witnesses = witnesses_of(settings)
    groups, quorum = quorum_of(witnesses, needed=settings.witness_quorum)
    policy = TrustPolicy.parse(text, name="the log's own policy")
    authorities = authorities_of(settings)
    asked = {witness.key for witness in witnesses}
    known = dict.fromkeys((*policy.former, *(witness.key for witness in policy.witnesses)))
    former = tuple(key for key in known if key not in asked)
    changed = replace(policy, witnesses=witnesses, groups=groups, quorum=quorum, authorities=authorities, former=former)
    return text if changed == policy else changed.encode()
