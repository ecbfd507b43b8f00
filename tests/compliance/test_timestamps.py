"""Time stamps of a local openssl authority: made, checked offline, refused under another root, agreed by openssl."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from averment.compliance import averment_verify
from averment.compliance.anchoring import authorities_of, with_anchors
from averment.compliance.audit import ExportRequest, export, own_policy, verify_log
from averment.compliance.averment_verify import EXIT_FAILED, EXIT_OK
from averment.compliance.keys import load_keys
from averment.compliance.log.anchors import Anchors, Reply, Request
from averment.compliance.recorder import EvidenceRecorder, init_evidence
from averment.compliance.timestamps import open_timestamper, stamped_at
from averment.core.clock import SystemClock
from averment.core.errors import AuditIntegrityError, ConfigurationError
from averment.core.record_settings import LogSettings
from tests.compliance.evidence import ORIGIN, document_event

pytest.importorskip("rfc3161_client", reason="rfc3161-client is not installed: pip install 'averment[timestamp]'")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl: apt-get install openssl"),
]

CONFIG = """\
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[tsa]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
authorityKeyIdentifier = keyid
subjectKeyIdentifier = hash
[tsa_config]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority:
    """A time-stamping authority of openssl in a folder: a root and a signer below it."""

    def __init__(self, folder: Path):
        folder.mkdir()
        self.folder, self.root = folder, folder / "root.pem"
        (folder / "conf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", str(folder / "conf")]
        made = ["-keyout", str(folder / "root.key"), "-out", str(self.root), "-extensions", "ca", "-days", "30"]
        self.openssl("req", "-x509", *key, *made, "-subj", "/CN=Test root")
        wanted = ["-keyout", str(folder / "tsa.key"), "-out", str(folder / "tsa.csr"), "-subj", "/CN=Test authority"]
        self.openssl("req", *key, *wanted)
        signed = ["-CA", str(self.root), "-CAkey", str(folder / "root.key"), "-CAcreateserial", "-days", "30"]
        extended = ["-extfile", str(folder / "conf"), "-extensions", "tsa", "-out", str(folder / "tsa.pem")]
        self.openssl("x509", "-req", "-in", str(folder / "tsa.csr"), *signed, *extended)

    def openssl(self, *arguments: str) -> str:
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def post(self, request: Request) -> Reply:
        assert request.content_type == "application/timestamp-query"
        query, token = self.folder / "query.tsq", self.folder / "token.tsr"
        query.write_bytes(request.body)
        config = ["-config", str(self.folder / "conf"), "-section", "tsa_config"]
        self.openssl("ts", "-reply", *config, "-queryfile", str(query), "-out", str(token))
        return Reply(status=200, body=token.read_bytes())


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> tuple[Authority, Authority]:
    folder = tmp_path_factory.mktemp("authorities")
    return Authority(folder / "one"), Authority(folder / "other")


def settings(authority: Authority) -> LogSettings:
    return LogSettings(timestamp_url="http://tsa.example", timestamp_root=authority.root)


@pytest.fixture
def stamped(tmp_path: Path, authorities: tuple[Authority, Authority]) -> Path:
    """A log whose kept checkpoint is stamped, and an exported bundle of it."""
    chosen, folder = settings(authorities[0]), tmp_path / "house"
    init_evidence(folder / "evidence", folder / "keys", origin=ORIGIN, clock=SystemClock())
    policy = folder / "evidence/policy.tlog-policy"
    policy.write_text(with_anchors(policy.read_text(), chosen))
    stamper = open_timestamper("http://tsa.example", authorities[0].post, roots=authorities_of(chosen))
    anchors = Anchors(witnesses=(), needed=0, post=authorities[0].post, timestamper=stamper)
    with EvidenceRecorder(
        folder / "evidence", load_keys(folder / "keys"), clock=SystemClock(), anchors=anchors
    ) as recorder:
        recorder.append(document_event())
        export(recorder, ExportRequest(kind="bundle", query=None, subject="anna"), out=folder / "bundle.zip")
    shutil.copy(policy, folder / "policy")
    return folder


def verdict(folder: Path, what: str = "evidence", *more: str) -> int:
    code = averment_verify.main([str(folder / what), "--policy", str(folder / "policy"), *more])
    if what == "evidence":
        max_age_s = float(more[1]) if more else None
        report = verify_log(folder / "evidence", own_policy(folder / "evidence"), max_age_s=max_age_s)
        assert report.is_ok == (code == EXIT_OK), report.failures
    return code


def test_a_stamp_lies_beside_the_checkpoint_and_verifies_offline(
    stamped: Path, capsys: pytest.CaptureFixture[str], authorities: tuple[Authority, Authority]
) -> None:
    (token,) = (stamped / "evidence/log/tsr").iterdir()
    assert verdict(stamped) == EXIT_OK
    assert f"tsr/{token.name}: stamped at 20" in capsys.readouterr().out
    assert verdict(stamped, "bundle.zip") == EXIT_OK
    assert f"tsr/{token.name}: stamped at 20" in capsys.readouterr().out
    assert verdict(stamped, "evidence", "--max-age", "3600") == EXIT_OK
    text = (stamped / f"evidence/log/checkpoints/{token.stem}").read_text().partition("\n\n")[0] + "\n"
    (stamped / "text").write_text(text)
    check = ["ts", "-verify", "-in", str(token), "-data", str(stamped / "text")]
    assert "OK" in authorities[0].openssl(*check, "-CAfile", str(authorities[0].root))


def test_another_text_root_or_token_is_refused(stamped: Path, authorities: tuple[Authority, Authority]) -> None:
    (token,) = (stamped / "evidence/log/tsr").iterdir()
    other = x509.load_pem_x509_certificate(authorities[1].root.read_bytes()).public_bytes(Encoding.DER)
    own = own_policy(stamped / "evidence")
    text = (stamped / f"evidence/log/checkpoints/{token.stem}").read_bytes().partition(b"\n\n")[0] + b"\n"
    assert stamped_at(token.read_bytes(), text, roots=own.authorities).year >= 2026
    for roots, content in (((other,), text), (own.authorities, text + b"x"), ((), text)):
        with pytest.raises(AuditIntegrityError):
            stamped_at(token.read_bytes(), content, roots=roots)
    for policy in (replace(own, authorities=(other,)).encode(),):
        (stamped / "policy").write_text(policy)
        (stamped / "evidence/policy.tlog-policy").write_text(policy)
        assert verdict(stamped) == EXIT_FAILED


@pytest.mark.parametrize("change", ["flip", "missing", "moved"])
def test_a_changed_or_missing_stamp_is_found(stamped: Path, change: str) -> None:
    (token,) = (stamped / "evidence/log/tsr").iterdir()
    content = token.read_bytes()
    if change == "flip":
        token.write_bytes(content[:-20] + bytes([content[-20] ^ 1]) + content[-19:])
        assert verdict(stamped) == EXIT_FAILED
    elif change == "moved":
        token.rename(token.with_name("0.tsr"))
        assert verdict(stamped) == EXIT_FAILED
    else:
        token.unlink()
        assert verdict(stamped) == EXIT_OK
        assert verdict(stamped, "evidence", "--max-age", "3600") == EXIT_FAILED


def test_an_authority_under_another_root_or_with_another_text_is_not_kept(
    authorities: tuple[Authority, Authority],
) -> None:
    one, other = authorities
    roots = authorities_of(settings(one))
    with pytest.raises(AuditIntegrityError):
        open_timestamper("http://tsa.example", other.post, roots=roots)(b"text\n")
    first = open_timestamper("http://tsa.example", one.post, roots=roots)(b"first\n")
    with pytest.raises(ConnectionError, match="something else"):
        open_timestamper("http://tsa.example", lambda _: Reply(status=200, body=first), roots=roots)(b"second\n")
    with pytest.raises(ConnectionError, match="status 500"):
        open_timestamper("http://tsa.example", lambda _: Reply(status=500, body=b"no"), roots=roots)(b"text\n")


def test_a_root_that_is_none_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(ConfigurationError, match=r"log\.timestamp_root"):
            authorities_of(LogSettings(timestamp_root=path))
