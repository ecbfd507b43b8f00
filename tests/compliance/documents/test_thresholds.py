import json
from pathlib import Path

import pytest

from averment.compliance.documents.approvals import sign
from averment.compliance.documents.thresholds import declare, declared
from averment.core.errors import AuditIntegrityError, ConfigurationError
from averment.core.ids import sha256_id
from tests.compliance.documents.test_approvals import APPROVAL, KEY, SIGNER

TEXT = """\
evaluation: answers
thresholds:
  - {figure: cuad.right, at_least: "0.70"}
  - {figure: cuad.wrong, at_most: 0.05}
"""


def signed_thresholds(folder: Path, text: str = TEXT) -> Path:
    """Write thresholds with their signature, and name the signer in the folder `compliance/`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    path.with_name("mine.yaml.dsse").write_bytes(sign(path.read_bytes(), APPROVAL, file_name=path.name, key=KEY))
    (folder / "signers.yaml").write_text(json.dumps({"signers": [SIGNER.model_dump()]}))
    return path


def test_signed_thresholds_are_stated_with_their_digests_and_kept(tmp_path: Path) -> None:
    path = signed_thresholds(tmp_path)
    facts = declare(path, tmp_path)
    assert facts == {
        "evaluation": "answers",
        "content": sha256_id(path.read_bytes()),
        "signature": sha256_id(path.with_name("mine.yaml.dsse").read_bytes()),
        "thresholds": [
            {"figure": "cuad.right", "bound": "at-least", "value": "0.70"},
            {"figure": "cuad.wrong", "bound": "at-most", "value": "0.05"},
        ],
    }
    ((digest, kept),) = declared(tmp_path).items()
    assert (digest, kept.approval, kept.problem) == (facts["content"], APPROVAL, "")
    (tmp_path / "signers.yaml").unlink()
    (kept,) = declared(tmp_path).values()
    assert kept.approval is None
    assert "nobody signed it" in kept.problem


def test_thresholds_without_a_signature_that_counts_are_refused(tmp_path: Path) -> None:
    path = signed_thresholds(tmp_path)
    path.write_text(TEXT.replace("0.70", "0.10"))
    with pytest.raises(AuditIntegrityError, match="another content"):
        declare(path, tmp_path)
    path.with_name("mine.yaml.dsse").unlink()
    with pytest.raises(ConfigurationError, match="is not signed"):
        declare(path, tmp_path)
    assert declared(tmp_path) == {}


@pytest.mark.parametrize(
    "text",
    [
        "evaluation: answers\nthresholds: []\n",
        "evaluation: answers\nthresholds: [{figure: cuad.right}]\n",
        "evaluation: answers\nthresholds: [{figure: cuad.right, at_least: 1, at_most: 2}]\n",
        "evaluation: answers\nthresholds: [{figure: cuad.right, at_least: .nan}]\n",
        "evaluation: 'an answer'\nthresholds: [{figure: cuad.right, at_least: 1}]\n",
        "- [\n",
    ],
)
def test_what_sets_no_threshold_is_refused(tmp_path: Path, text: str) -> None:
    path = signed_thresholds(tmp_path, text)
    with pytest.raises(ConfigurationError, match="sets no thresholds"):
        declare(path, tmp_path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        declare(tmp_path / "absent.yaml", tmp_path)
