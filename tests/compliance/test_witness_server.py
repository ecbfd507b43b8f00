"""The witness over HTTP, and a log that has its checkpoints cosigned by two of them."""

import http.client
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.compliance import averment_verify
from averment.compliance.audit import own_policy, verify_log
from averment.compliance.averment_verify import EXIT_FAILED, EXIT_OK
from averment.compliance.log.note import Note
from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.compliance.witness import Witness, create_witness
from averment.compliance.witness_server import WitnessServer, main
from averment.core.clock import SystemClock
from averment.core.errors import AuditWriteFailed
from averment.core.record_settings import LogSettings, WitnessSettings
from tests.compliance.evidence import ORIGIN, document_event, entries_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A log's folder, and the folders of two witnesses that know it."""
    with open_evidence(
        tmp_path / "evidence", tmp_path / "keys", clock=SystemClock(), origin=ORIGIN, must_exist=False
    ) as recorder:
        for name in ("w1", "w2"):
            create_witness(tmp_path / name, name=f"witness.example/{name}", policy=recorder.vkey)
    return tmp_path


@pytest.fixture
def servers(folder: Path) -> Iterator[dict[str, WitnessServer]]:
    found = {}
    for name in ("w1", "w2"):
        server = WitnessServer(Witness(folder / name, clock=SystemClock()), host="127.0.0.1", port=0)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        found[name] = server
    yield found
    for server in found.values():
        server.shutdown()
        server.server_close()


def settings(servers: dict[str, WitnessServer], quorum: int) -> LogSettings:
    witnesses = tuple(
        WitnessSettings(name=name, vkey=server.witness.vkey, url=f"http://127.0.0.1:{server.server_port}")
        for name, server in servers.items()
    )
    return LogSettings(seal_interval_ms=10, witnesses=witnesses, witness_quorum=quorum, witness_timeout_s=5)


def opened(folder: Path, chosen: LogSettings) -> EvidenceRecorder:
    return open_evidence(folder / "evidence", folder / "keys", clock=SystemClock(), settings=chosen)


def verdict(folder: Path, policy: str) -> int:
    (folder / "policy").write_text(policy)
    code = averment_verify.main([str(folder / "evidence"), "--policy", str(folder / "policy")])
    report = verify_log(folder / "evidence", own_policy(folder / "evidence"))
    assert report.is_ok == (code == EXIT_OK), report.failures
    return code


def test_with_a_quorum_every_receipt_carries_the_cosignatures(
    folder: Path, servers: dict[str, WitnessServer], capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(folder, settings(servers, 2)) as recorder:
        index = recorder.append(document_event())
        receipt = recorder.receipt(index)
        recorder.append_many([document_event(number) for number in range(300)])
        recorder.seal(keep=True)
    servers["w1"].shutdown()
    servers["w1"].server_close()
    recorder = opened(folder, settings(servers, 2))
    with pytest.raises(AuditWriteFailed, match="1 of 2 needed"):
        recorder.sign_with(recorder.signers)  # a rotation keeps the cosignatures that are there
    recorder.close()
    policy = own_policy(folder / "evidence").encode()
    assert "quorum quorum" in policy
    assert verdict(folder, policy) == EXIT_OK
    assert "cosigned by the witness w2" in capsys.readouterr().out
    names = [line.name for line in Note.parse(receipt.checkpoint.encode(), name="n").signatures]
    assert sorted(names) == [ORIGIN, "witness.example/w1", "witness.example/w2"]
    kinds = [entry["type"] for entry in entries_of(folder / "evidence/log")]
    assert kinds.count("config.changed") == 1
    # One cosignature is not two.
    checkpoint = folder / "evidence/log/checkpoint"
    lines = checkpoint.read_text().splitlines(keepends=True)
    checkpoint.write_text("".join(line for line in lines if "/w2 " not in line))
    assert verdict(folder, policy) == EXIT_FAILED
    assert "w2 did not cosign" in capsys.readouterr().out


def test_a_witness_that_is_down_withholds_answers_only_where_it_is_needed(
    folder: Path, servers: dict[str, WitnessServer]
) -> None:
    chosen = settings(servers, 0)
    servers["w2"].shutdown()
    servers["w2"].server_close()
    with opened(folder, chosen) as recorder:
        assert recorder.receipt(recorder.append(document_event())).index
        sealed = recorder.seal(keep=True)
        assert sorted(line.name for line in sealed.note.signatures) == [ORIGIN, "witness.example/w1"]
    assert verdict(folder, own_policy(folder / "evidence").encode()) == EXIT_OK
    needed = chosen.model_copy(update={"witness_quorum": 2})
    recorder = opened(folder, needed)
    index = recorder.append(document_event(1))
    with pytest.raises(AuditWriteFailed, match=r"1 of 2 needed witnesses cosigned \(w2: "):
        recorder.seal()
    with pytest.raises(AuditWriteFailed):
        recorder.close()
    with opened(folder, chosen) as recorder:
        assert recorder.receipt(index).index == index


def test_a_forked_log_gets_no_cosignature(folder: Path, servers: dict[str, WitnessServer]) -> None:
    shutil.copytree(folder / "evidence", folder / "before")
    with opened(folder, settings(servers, 2)) as recorder:
        recorder.append_many([document_event(number) for number in range(9)])
        recorder.seal()
    shutil.rmtree(folder / "evidence")
    shutil.copytree(folder / "before", folder / "evidence")
    recorder = opened(folder, settings(servers, 2))
    recorder.append_many([document_event(number) for number in range(50, 70)])
    with pytest.raises(AuditWriteFailed, match="0 of 2 needed witnesses"):
        recorder.seal()
    with pytest.raises(AuditWriteFailed):
        recorder.close()


def test_requests_that_are_none_are_answered_with_their_status(servers: dict[str, WitnessServer]) -> None:
    def status(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", servers["w1"].server_port, timeout=20)
        connection.putrequest(method, path)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        connection.close()
        return answer.status

    assert status("POST", "/other", {"Content-Length": "0"}) == 404
    assert status("GET", "/add-checkpoint", {}) == 501
    assert status("POST", "/add-checkpoint", {}) == 411
    assert status("POST", "/add-checkpoint", {"Content-Length": "x"}) == 411
    assert status("POST", "/add-checkpoint", {"Content-Length": str(1 << 20)}) == 413
    assert status("POST", "/add-checkpoint", {"Content-Length": "3"}, b"old") == 400


def test_the_command_makes_a_witness_and_prints_its_key(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = folder / "evidence/policy.tlog-policy"
    made = [str(tmp_path / "new"), "--name", "witness.example/new", "--policy", str(policy)]
    assert main(["init", *made]) == 0
    vkey = capsys.readouterr().out
    assert main(["vkey", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out == vkey
    assert main(["init", *made]) == 2
    assert main(["vkey", str(tmp_path / "absent")]) == 2
    assert main(["init", str(tmp_path / "x"), "--name", "w", "--policy", str(tmp_path / "absent")]) == 2


@pytest.mark.slow
def test_the_command_serves_until_stopped_and_alone(folder: Path) -> None:
    command = [sys.executable, "-m", "averment.compliance.witness_server", "serve", str(folder / "w1"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            witness = WitnessSettings(name="w1", vkey=line.split()[1], url=line.split()[-1])
            with opened(folder, LogSettings(witnesses=(witness,), witness_quorum=1)) as recorder:
                assert recorder.receipt(recorder.append(document_event())).index
            second = subprocess.run(command, capture_output=True, text=True, check=False)
            assert (second.returncode, "another process" in second.stderr) == (3, True)
        finally:
            server.terminate()
