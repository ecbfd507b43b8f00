"""Bundles: the same bytes from the same state, nothing more in them than asked for, and any change found."""

import base64
import io
import json
import random
import shutil
import zipfile
from pathlib import Path

import pytest

from averment.compliance.averment_verify import EXIT_FAILED, EXIT_OK, main
from averment.compliance.bundle import BundleRequest, history_note, pack, write_bundle
from averment.compliance.log.reader import LogReader
from averment.core.errors import AuditIntegrityError
from tests.compliance.evidence import filled_log


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    key = filled_log(folder / "evidence", [5, 300, 600])
    (folder / "policy").write_text(key.verifier.vkey)
    return folder


def bundle(sound: Path, out: Path, request: BundleRequest | None = None, size: int = 600) -> Path:
    evidence = sound / "evidence"
    write_bundle(evidence, out, request=request or BundleRequest(), note=history_note(evidence, size))
    return out


def verdict(sound: Path, path: Path) -> int:
    return main([str(path), "--policy", str(sound / "policy")])


def test_the_same_state_gives_the_same_bytes(sound: Path, tmp_path: Path) -> None:
    for request in (BundleRequest(), BundleRequest(indexes=(3, 299))):
        one = bundle(sound, tmp_path / "a.zip", request).read_bytes()
        assert bundle(sound, tmp_path / "b.zip", request).read_bytes() == one


def test_an_older_state_can_be_exported_from_a_log_that_grew(sound: Path, tmp_path: Path) -> None:
    shutil.copytree(sound, tmp_path / "grown")
    for size in (5, 300):
        assert verdict(sound, bundle(sound, tmp_path / f"{size}.zip", size=size)) == EXIT_OK
    with pytest.raises(AuditIntegrityError, match="no checkpoint of 7 entries was kept"):
        history_note(sound / "evidence", 7)


def test_whole_logs_and_single_entries_verify_offline(
    sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdict(sound, bundle(sound, tmp_path / "whole.zip")) == EXIT_OK
    assert verdict(sound, bundle(sound, tmp_path / "slice.zip", BundleRequest(indexes=(0, 255, 599)))) == EXIT_OK
    assert "not established: that the entries in this bundle are all" in capsys.readouterr().out


def test_a_slice_holds_no_other_leaf_and_no_policy_unless_asked(sound: Path, tmp_path: Path) -> None:
    path = bundle(sound, tmp_path / "slice.zip", BundleRequest(indexes=(7, 7)))
    names = zipfile.ZipFile(path).namelist()
    assert names == [
        "README.txt", "averment_verify.py", "entries/7.json", "growth/300", "growth/5", "log/checkpoint",
        "manifest.json", "proofs/7.tlog-proof", "report.html",
    ]  # fmt: skip
    with_policy = bundle(sound, tmp_path / "p.zip", BundleRequest(indexes=(7,), policy="log x\n"))
    assert "policy.tlog-policy" in zipfile.ZipFile(with_policy).namelist()


def test_people_can_read_it_and_the_manifest_says_that_no_text_is_inside(sound: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle(sound, tmp_path / "slice.zip", BundleRequest(indexes=(7,)))) as archive:
        manifest, page = json.loads(archive.read("manifest.json")), archive.read("report.html").decode()
    assert manifest["masking"] == "no-texts"
    assert '<th scope="row">7</th>' in page
    assert '<th scope="row">6</th>' not in page


@pytest.mark.slow
def test_every_changed_member_is_found(sound: Path, tmp_path: Path) -> None:
    chance = random.Random(7)
    for request in (BundleRequest(), BundleRequest(indexes=(1, 400))):
        with zipfile.ZipFile(bundle(sound, tmp_path / "b.zip", request)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        for name, content in members.items():
            changed = bytearray(content)
            changed[chance.randrange(len(changed))] ^= 1
            (tmp_path / "changed.zip").write_bytes(pack({**members, name: bytes(changed)}))
            assert verdict(sound, tmp_path / "changed.zip") == EXIT_FAILED, name
            (tmp_path / "less.zip").write_bytes(pack({n: data for n, data in members.items() if n != name}))
            assert verdict(sound, tmp_path / "less.zip") == EXIT_FAILED, name
        (tmp_path / "more.zip").write_bytes(pack({**members, "extra": b"x"}))
        assert verdict(sound, tmp_path / "more.zip") == EXIT_FAILED


def test_a_manifest_made_to_fit_a_changed_entry_does_not_help(sound: Path, tmp_path: Path) -> None:
    import hashlib

    with zipfile.ZipFile(bundle(sound, tmp_path / "b.zip", BundleRequest(indexes=(4,)))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["entries/4.json"] = members["entries/4.json"].replace(b"test", b"tost")
    manifest = json.loads(members["manifest.json"])
    for item in manifest["files"]:
        item["sha256"] = f"sha256:{hashlib.sha256(members[item['path']]).hexdigest()}"
    members["manifest.json"] = json.dumps(manifest).encode()
    (tmp_path / "c.zip").write_bytes(pack(members))
    assert verdict(sound, tmp_path / "c.zip") == EXIT_FAILED


def test_compressed_and_doubled_members_are_refused(
    sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"0" * 10_000_000)
    (tmp_path / "bomb.zip").write_bytes(buffer.getvalue())
    assert verdict(sound, tmp_path / "bomb.zip") == EXIT_FAILED
    assert "is compressed" in capsys.readouterr().out
    buffer = io.BytesIO()
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("manifest.json", b"{}")
        archive.writestr("manifest.json", b"{}")
    (tmp_path / "double.zip").write_bytes(buffer.getvalue())
    assert verdict(sound, tmp_path / "double.zip") == EXIT_FAILED


def test_a_slice_shows_that_the_log_extends_a_printed_checkpoint_and_a_fork_does_not(
    sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = sound / "policy"
    note = LogReader(sound / "evidence/log").note()
    out = tmp_path / "slice.zip"
    write_bundle(sound / "evidence", out, request=BundleRequest(indexes=[3]), note=note)
    for kept in sorted((sound / "evidence/log/checkpoints").iterdir()):
        printed = tmp_path / f"printed-{kept.name}"
        printed.write_text(" ".join(kept.read_text().partition("\n\n")[0].split("\n")))
        for escrow in (kept, printed):
            assert main([str(out), "--policy", str(policy), "--checkpoint", str(escrow)]) == EXIT_OK
            assert f"extends the escrowed checkpoint of {kept.name} entries" in capsys.readouterr().out
        if kept.name != "0":
            origin, size, _ = printed.read_text().split()
            printed.write_text(f"{origin} {size} {base64.b64encode(bytes(32)).decode()}")
            assert main([str(out), "--policy", str(policy), "--checkpoint", str(printed)]) == EXIT_FAILED
            assert "a fork" in capsys.readouterr().out
    printed.write_text(f"{origin} 2 {base64.b64encode(bytes(32)).decode()}")
    assert main([str(out), "--policy", str(policy), "--checkpoint", str(printed)]) == EXIT_OK
    assert "not established: that the log extends the escrowed checkpoint" in capsys.readouterr().out
