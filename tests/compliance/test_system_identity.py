"""The running software names itself the same way every time."""

from averment.compliance.system_identity import running_system


def test_version_and_digest_fit_the_schema_of_a_leaf() -> None:
    identity = running_system()
    assert identity == running_system()
    assert identity.digest.startswith("sha256:")
    assert len(identity.digest) == 71
    assert identity.version
