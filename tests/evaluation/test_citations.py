"""Claims of a small pack are checked as statements of the model are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from averment.core.answers import Verdict as ClaimVerdict
from averment.core.errors import ConfigurationError
from averment.evaluation.citations import (
    CLAIMS,
    ClaimRow,
    claims_of_questions,
    labels_of,
    read_claims,
    run_claims,
    summarise_claims,
)
from averment.evaluation.pack import Pack
from averment.pipelines.models.verifier import Verdict
from averment.pipelines.reasoning.entailment import EntailmentCheck

from .small_pack import write_pack

LAW = "This Agreement shall be governed by and construed in accordance with the laws of {law}."
SUBJECT = "The Supply Agreement between Nordwind Energie GmbH and Blue Harbor Logistics, Inc. is governed by"


def write_claims(root: Path) -> Path:
    """Add claims to the small pack: a true one and the three ways of being wrong."""
    write_pack(root)
    texts = {name: (root / "corpus" / f"{name}.txt").read_text() for name in ("d1", "d2")}

    def claim(kind: str, label: str, law: str, doc_id: str, passage: str) -> dict[str, object]:
        start = texts[doc_id].index(passage)
        cited = {"doc_id": doc_id, "start": start, "end": start + len(passage), "text": passage}
        return {"id": kind, "claim": f"{SUBJECT} the law of {law}.", "citation": cited, "label": label, "kind": kind}

    own, other = LAW.format(law="Utah"), LAW.format(law="Ohio")
    fees = "The customer shall pay each invoice within 30 days of receipt, after which it bears interest."
    claims = [
        claim("true", "supported", "Utah", "d1", own),
        claim("value_swapped", "contradicted", "Ohio", "d1", own),
        claim("wrong_document", "not_supported", "Utah", "d2", other),
        claim("wrong_passage", "not_supported", "Utah", "d1", fees),
    ]
    path = root / CLAIMS
    path.parent.mkdir()
    path.write_text("\n".join(map(json.dumps, claims)))
    return root


@dataclass
class Saying:
    """A verifier that says one thing."""

    entailment: float
    model_id: str = "saying"

    def entails(self, claim: str, premises: Sequence[str]) -> list[Verdict]:
        rest = 1 - self.entailment
        return [Verdict(contradiction=0.0, neutral=rest, entailment=self.entailment)] * len(premises)

    def answers(self, question: str, sentences: Sequence[str]) -> list[float]:
        raise AssertionError("a check asks what entails")


def test_true_claims_are_accepted_and_wrong_ones_rejected(tmp_path: Path) -> None:
    pack = Pack(write_claims(tmp_path))
    rows = run_claims(pack, read_claims(pack))
    assert {row.kind: row.is_accepted for row in rows} == {
        "true": True, "value_swapped": False, "wrong_document": False, "wrong_passage": False,
    }  # fmt: skip
    found = summarise_claims(rows)
    assert found["passed"]
    assert found["kinds"]["true"] == {"label": "supported", "claims": 1, "accepted": 1, "failed": {}}
    assert found["kinds"]["value_swapped"]["failed"]["names"] == 1
    json.dumps(found)


def test_a_verifier_may_reject_and_gives_the_score(tmp_path: Path) -> None:
    pack = Pack(write_claims(tmp_path))
    claims = read_claims(pack)
    sure = run_claims(pack, claims, entailment=EntailmentCheck(Saying(0.9), threshold=0.5))
    unsure = run_claims(pack, claims, entailment=EntailmentCheck(Saying(0.2), threshold=0.5))
    assert [row.is_accepted for row in sure] == [True, False, False, False]
    assert not any(row.is_accepted for row in unsure)
    assert (sure[0].score, unsure[0].score) == (0.9, 0.2)
    assert not summarise_claims(unsure)["passed"]
    assert [(one.id, one.right, one.score) for one in labels_of(unsure)] == [("true", True, 0.2)]


def row(kind: str, label: str, *, is_accepted: bool) -> ClaimRow:
    verdict = ClaimVerdict.SUPPORTED if is_accepted else ClaimVerdict.CONTRADICTED
    failed = () if is_accepted else ("numbers",)
    return ClaimRow(id=kind, kind=kind, label=label, verdict=verdict, failed=failed, score=1.0)  # type: ignore[arg-type]  # a label of the tests


@pytest.mark.parametrize(("accepted", "slipped", "passed"), [(9, 0, True), (8, 0, False), (9, 1, True), (9, 2, False)])
def test_the_bars_are_nine_of_ten_and_nineteen_of_twenty(accepted: int, slipped: int, passed: bool) -> None:
    rows = [row("true", "supported", is_accepted=number < accepted) for number in range(10)]
    rows += [row("value_swapped", "contradicted", is_accepted=number < slipped) for number in range(20)]
    assert summarise_claims(rows)["passed"] is passed


def test_claims_of_questions_cite_their_gold_or_the_nearest_sentence(tmp_path: Path) -> None:
    write_pack(tmp_path)
    path = tmp_path / "benchmarks" / "small" / "queries.jsonl"
    first = json.loads(path.read_text().splitlines()[0])
    supported = first | {"type": "claim", "hypothesis": "The laws of Utah govern.", "answer": "supported"}
    missing = supported | {
        "id": "m", "gold": [], "answer": "not_mentioned", "hypothesis": "The customer shall pay each invoice in gold.",
    }  # fmt: skip
    path.write_text("\n".join(map(json.dumps, [supported, missing, first | {"id": "plain"}])))
    pack = Pack(tmp_path)
    claims = claims_of_questions(pack, "small", limit=None, seed=0)
    assert [(one.kind, one.label, bool(one.places)) for one in claims] == [
        ("small: supported", "supported", True),
        ("small: not mentioned", "not_supported", False),
    ]
    rows = run_claims(pack, claims)
    assert [one.is_accepted for one in rows] == [True, True]  # words alone do not tell that gold is not mentioned
    assert summarise_claims(rows)["passed"]  # which counts to no bar


@pytest.mark.parametrize(
    ("change", "said"),
    [({"label": "perhaps"}, "label is 'perhaps'"), ({"citation": {}}, "not of the schema"), ({"kind": 5}, "")],
)
def test_another_line_is_named(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = write_claims(tmp_path) / CLAIMS
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], json.dumps(json.loads(lines[1]) | change)]))
    if said:
        with pytest.raises(ConfigurationError, match=f"line 2.*{said}"):
            read_claims(Pack(tmp_path))
    else:
        assert len(read_claims(Pack(tmp_path))) == 2


def test_unknown_documents_and_missing_files_are_refused(tmp_path: Path) -> None:
    path = write_claims(tmp_path) / CLAIMS
    path.write_text(path.read_text().replace('"doc_id": "d2"', '"doc_id": "d9"'))
    with pytest.raises(ConfigurationError, match="'d9' is not in"):
        read_claims(Pack(tmp_path))
    path.unlink()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_claims(Pack(tmp_path))


@pytest.mark.slow
def test_the_pack_of_real_contracts_keeps_its_bars(shared_data: Path) -> None:
    pack = Pack(shared_data)
    found = summarise_claims(run_claims(pack, read_claims(pack)))
    print({kind: (one["accepted"], one["claims"]) for kind, one in found["kinds"].items()})
    assert found["passed"]
