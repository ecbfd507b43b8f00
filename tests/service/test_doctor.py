from pathlib import Path
from unittest.mock import Mock

import pytest

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, DocumentVersion
from averment.core.errors import PartitionFailed
from averment.core.ids import content_hash, text_hash
from averment.core.settings import (
    AdapterSettings,
    EmbeddingSettings,
    EscalationSettings,
    IndexSettings,
    ModelSettings,
    ParsingSettings,
    ReasoningSettings,
    RerankingSettings,
    Settings,
)
from averment.core.testing.clock import FixedClock
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder, open_embedder
from averment.pipelines.ingestion.embedding_arithmetic import EXACT
from averment.pipelines.ingestion.embedding_trial import Trial, Verdict
from averment.pipelines.models.admission import write_admission
from averment.pipelines.models.configured import find_model
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.reasoning.calibration import Calibration, Threshold
from averment.pipelines.reasoning.pipeline_identity import scoring_hash
from averment.pipelines.reasoning.trust import Gain, TrustRecord
from averment.pipelines.scoring import expected_scoring_hash, foretold_parts
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_types import IndexRecord, IndexState, StoredText
from averment.service import doctor
from averment.service.doctor import Finding, examine
from tests.pipelines.models.lora import write_adapter


def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.part: finding for finding in examine(settings)}


def test_every_missing_part_names_what_mends_it(tmp_path: Path) -> None:
    found = findings(
        Settings(
            data_dir=tmp_path / "none",
            parsing=ParsingSettings(tessdata_path=tmp_path, ocr_languages=("eng", "nor")),
            embedding=EmbeddingSettings(model_path=tmp_path / "no-model"),
            model=ModelSettings(vllm_environment=tmp_path / "no-venv", models_dir=tmp_path),
        )
    )
    for part in ("Tesseract data for nor", "embedding model", "vLLM environment", "data directory with evidence log"):
        assert found[part].state == "missing"
        assert found[part].mend
    assert found["running model"].state == "note"
    assert all(finding.mend for finding in found.values() if finding.state == "missing")


def test_the_library_that_reads_scans_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part, settings = "Tesseract's library, for scanned pages", Settings(data_dir=tmp_path)
    monkeypatch.setattr(doctor, "tesseract_version", lambda: "5.3.0")
    assert (findings(settings)[part].state, findings(settings)[part].found) == ("ok", "5.3.0")
    monkeypatch.setattr(doctor, "tesseract_version", Mock(side_effect=PartitionFailed("not installed")))
    assert (findings(settings)[part].state, findings(settings)[part].mend) == ("missing", "make setup-system")


def test_an_unknown_profile_is_a_finding_and_not_the_end(tmp_path: Path) -> None:
    found = findings(Settings(data_dir=tmp_path, model=ModelSettings(profile="no-such-model")))
    assert found["model profile"].state == "missing"
    assert "data directory with evidence log" in found


def test_looking_changes_nothing(tmp_path: Path) -> None:
    examine(Settings(data_dir=tmp_path / "data", model=ModelSettings(models_dir=tmp_path / "models")))
    assert list(tmp_path.iterdir()) == []


def test_confinement_and_the_question_model_are_told(tmp_path: Path) -> None:
    found = findings(Settings(data_dir=tmp_path, model=ModelSettings(models_dir=tmp_path / "models")))
    assert found["confinement of parsers"].state in {"ok", "note"}
    question = "embedding model, exported for questions"
    assert found[question].state == "note"
    (tmp_path / "models").mkdir()
    for exported in (Path(__file__).parents[2] / "models").glob("query-*-int8-*.onnx"):
        (tmp_path / "models" / exported.name).write_bytes(b"graph")
        assert findings(Settings(data_dir=tmp_path, model=ModelSettings(models_dir=tmp_path / "models")))[
            question
        ] == Finding(part=question, state="ok", found="int8")


def arithmetic(tmp_path: Path, **chosen: object) -> Finding:
    settings = Settings(
        data_dir=tmp_path,
        embedding=EmbeddingSettings.model_validate(chosen),
        model=ModelSettings(models_dir=tmp_path / "models"),
    )
    return findings(settings)["arithmetic for embedding documents"]


@pytest.mark.slow
def test_the_arithmetic_is_told_with_the_reason_it_was_chosen_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (arithmetic(tmp_path).state, arithmetic(tmp_path).found) == ("note", "not chosen yet")
    plain = arithmetic(tmp_path, backend="torch", precision="float32")
    assert plain.state == "ok"
    assert "torch-float32" in plain.found
    refused = arithmetic(tmp_path, backend="torch", precision="int8")
    assert refused.state == "missing"
    assert "embedding.precision" in refused.found
    exact = Trial(arithmetic=EXACT.name, texts_per_s=20, mean_cosine=1, low_cosine=1)
    died = Trial(arithmetic="torch-bfloat16", failure="killed by SIGILL")
    verdict = Verdict(chosen=EXACT, trials=(exact, died))
    monkeypatch.setattr(SentenceTransformerEmbedder, "verdict", lambda _: verdict)
    assert "torch-bfloat16: killed by SIGILL" in arithmetic(tmp_path).found
    verdict = Verdict(chosen=None, trials=(exact, died))
    assert (arithmetic(tmp_path).state, bool(arithmetic(tmp_path).mend)) == ("missing", True)


def running(served: str, tmp_path: Path) -> Finding:
    with ModelEndpoint(replies=[ScriptedReply(text="{}")], served=(served,)) as endpoint:
        settings = Settings(data_dir=tmp_path, model=ModelSettings(endpoint=endpoint.base_url, profile="smollm2-135m"))
        return findings(settings)["running model"]


def test_an_endpoint_that_serves_the_model_is_well(tmp_path: Path) -> None:
    served = load_profile("smollm2-135m").served_name
    found = running(served, tmp_path)
    assert (found.state, found.mend) == ("ok", "")


def test_an_endpoint_that_serves_another_model_is_named(tmp_path: Path) -> None:
    found = running("other", tmp_path)
    assert found.state == "missing"
    assert "'other'" in found.found
    assert "model.profile" in found.mend


def test_an_endpoint_that_is_gone_is_named(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, model=ModelSettings(endpoint="http://127.0.0.1:9/v1"))
    found = findings(settings)["running model"]
    assert found.state == "missing"
    assert found.mend


def second_model(tmp_path: Path, **chosen: object) -> Finding:
    escalation = EscalationSettings.model_validate(chosen)
    settings = Settings(data_dir=tmp_path, model=ModelSettings(models_dir=tmp_path, escalation=escalation))
    return findings(settings)["second model for hard questions"]


def test_a_second_model_is_told_with_its_policy(tmp_path: Path) -> None:
    assert second_model(tmp_path).state == "note"
    unsaid = second_model(tmp_path, endpoint="http://127.0.0.1:9/v1", profile="qwen3-8b")
    assert (unsaid.state, "external" in unsaid.found) == ("missing", True)
    said = {"profile": "qwen3-8b", "external": True, "purposes": ("review",)}
    assert second_model(tmp_path, endpoint="http://127.0.0.1:9/v1", **said).state == "missing"
    with ModelEndpoint(replies=[ScriptedReply(text="{}")], served=("qwen3-8b",)) as endpoint:
        found = second_model(tmp_path, endpoint=endpoint.base_url, **said)
        assert not endpoint.requests, "no text is sent"
    assert found.state == "ok"
    assert found.found == "qwen3-8b answers, outside the company; up to public, for review, at most 10 % of questions"


def reranker(tmp_path: Path, **chosen: object) -> Finding:
    settings = Settings(
        data_dir=tmp_path,
        reranking=RerankingSettings.model_validate(chosen),
        model=ModelSettings(models_dir=tmp_path / "models"),
    )
    return findings(settings)["reranking model"]


def test_whether_passages_are_reranked_is_told(tmp_path: Path) -> None:
    assert (reranker(tmp_path).state, reranker(tmp_path).found) == ("note", "none")
    assert reranker(tmp_path, model_path=tmp_path / "none").state == "missing"
    assert "reranking.model" in reranker(tmp_path, endpoint="http://127.0.0.1:9/v1").found
    served = reranker(tmp_path, endpoint="http://127.0.0.1:9/v1", model="ranker")
    assert (served.state, "ranker" in served.found) == ("ok", True)


def test_a_model_trained_here_is_missing_until_it_is_admitted(tmp_path: Path) -> None:
    folder = tmp_path / "candidate"
    folder.mkdir()
    for name, content in (("config.json", "{}"), ("model.safetensors", ""), ("training.json", "{}")):
        (folder / name).write_text(content, "utf-8")
    found = reranker(tmp_path, model_path=folder)
    assert (found.state, "eval gate" in found.mend) == ("missing", True)
    write_admission(folder, {})
    assert reranker(tmp_path, model_path=folder).state == "ok"
    (folder / "model.safetensors").write_text("changed", "utf-8")
    assert "changed since" in reranker(tmp_path, model_path=folder).found


def recorded(tmp_path: Path) -> Settings:
    """Make a catalog that records an index which serves, and one ready document of one point."""
    settings = Settings(data_dir=tmp_path)
    clock = FixedClock()
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}", clock=clock)
    catalog.add_index(
        IndexRecord(
            name="1",
            store="edge",
            location="index",
            model_id="m@1",
            model_path=None,
            dimension=8,
            pipeline_version="p",
            state=IndexState.SERVING,
            created_at=clock.now(),
        )
    )
    opened = catalog.begin_version(connector="files", source_uri="file:///a.txt")
    version = DocumentVersion(
        document_id=opened.document_id,
        source_uri="file:///a.txt",
        content_hash=content_hash(b"a"),
        text_hash=text_hash("a"),
        version=opened.version,
        media_type="text/plain",
        kind="other",
        title="a",
        access=AccessLabel(),
        status=DocumentStatus.READY,
        revision="1",
        connector="files",
        size_bytes=1,
        n_chunks=0,
        pipeline_version="p",
    )
    text = StoredText(text_hash=text_hash("a"), layout_hash="sha256:" + "1" * 64, parser="plain/1", n_chars=1)
    catalog.commit_ready(version, chunks=(), text=text)
    catalog.close()
    return settings


@pytest.mark.slow
def test_an_index_that_was_deleted_or_is_of_another_embedder_is_missing(tmp_path: Path) -> None:
    assert findings(Settings(data_dir=tmp_path / "none"))["search index"].state == "note"
    settings = recorded(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    found = findings(settings)["search index"]
    assert (found.state, found.found) == ("missing", "absent, or damaged")
    assert "averment ingest" in found.mend
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    meta = tmp_path / "index" / "meta.json"
    meta.parent.mkdir()
    meta.write_text("{")
    assert findings(settings)["search index"].state == "missing"
    meta.write_text('{"model_id": "other@2"}')
    found = findings(settings)["search index"]
    assert (found.state, found.found) == ("missing", "built with other@2, not m@1")
    meta.write_text('{"model_id": "m@1"}')
    assert findings(settings)["search index"].found == "1 of at most 1250000 points, built with m@1"


def test_a_nearly_full_index_is_noted_with_the_way_to_a_server(tmp_path: Path) -> None:
    settings = recorded(tmp_path)
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "meta.json").write_text('{"model_id": "m@1"}')
    for limit, state in ((1, "note"), (2, "ok")):
        found = findings(settings.model_copy(update={"index": IndexSettings(max_embedded_points=limit)}))
        assert found["search index"].state == state
        assert ("index.backend" in found["search index"].mend) == (state == "note")


def test_an_index_on_a_server_needs_its_address(tmp_path: Path) -> None:
    for url, state in ((None, "missing"), ("http://127.0.0.1:6333", "ok")):
        settings = Settings(data_dir=tmp_path, index=IndexSettings(backend="server", url=url))
        assert findings(settings)["search index"].state == state


def test_the_calibration_of_another_pipeline_is_found(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    settings = Settings(data_dir=tmp_path / "none", reasoning=ReasoningSettings(calibration_path=path))
    assert findings(settings)["calibration of answers"].state == "missing"  # there is no file
    embedder = open_embedder(settings.embedding, caches=(settings.data_dir / "cache", settings.model.models_dir))
    profile = load_profile(settings.model.profile)
    own = expected_scoring_hash(settings, embedder=embedder, model=None, profile=profile, clock=FixedClock())
    for pipeline_hash, state in (("sha256:00", "missing"), (own, "ok")):
        made = Calibration(
            created_at="2026-11-23T10:00:00Z", pipeline_hash=pipeline_hash, model=None, made_from=(),
            groups={"figure": Threshold(threshold=0.5, risk=0.05, delta=0.05, n=90, n_answered=60, n_wrong=0)},
        )  # fmt: skip
        path.write_text(made.model_dump_json())
        found = findings(settings)["calibration of answers"]
        assert found.state == state
        assert ("figure 5 %" in found.found) == (state == "ok")
        assert bool(found.mend) == (state == "missing")


def test_adapters_are_looked_at(tmp_path: Path) -> None:
    folder = write_adapter(tmp_path / "lora", base="SmolLM2-135M-Instruct")
    chosen = (AdapterSettings(name="contracts", path=folder), AdapterSettings(name="filings", path=tmp_path / "none"))
    settings = Settings(data_dir=tmp_path / "data", model=ModelSettings(adapters=chosen, adapter="contracts"))
    found = findings(settings)
    there, missing = found["adapter contracts"], found["adapter filings"]
    assert (there.state, "answers" in there.found) == ("ok", True)
    assert (missing.state, missing.mend) == ("missing", "correct the path in model.adapters")


def test_a_record_of_trust_counts_for_the_model_it_was_made_with(tmp_path: Path) -> None:
    path, profile = tmp_path / "trust.json", load_profile("smollm2-135m")
    part = "trust in the language model"
    with ModelEndpoint(replies=[ScriptedReply(text="{}")], served=(profile.served_name,)) as endpoint:
        chosen = ModelSettings(endpoint=endpoint.base_url, profile=profile.name)
        settings = Settings(data_dir=tmp_path / "none", model=chosen)
        believed = findings(settings)[part]
        assert (believed.state, believed.found) == ("note", "nothing, as its profile says")
        settings = settings.model_copy(update={"model": chosen.model_copy(update={"trust_path": path})})
        assert findings(settings)[part].state == "missing"  # there is no file
        model = find_model(settings)
        embedder = open_embedder(settings.embedding, caches=(settings.data_dir / "cache", settings.model.models_dir))
        parts = foretold_parts(settings, embedder=embedder, model=model, profile=profile, clock=FixedClock())
        made = TrustRecord(
            created_at="2026-11-23T10:00:00Z", profile=profile.name, profile_digest=profile.bare_digest,
            model=profile.served_name, revision=profile.revision, pipeline_hash=scoring_hash(parts),
            program="sha256:00", made_from=(),
            calls={"select": Gain(questions=60, gain=0.2, interval=(0.1, 0.3))},
        )  # fmt: skip
        path.write_text(made.model_dump_json())
        assert (findings(settings)[part].state, findings(settings)[part].found) == ("ok", "select, as it was measured")
        path.write_text(made.model_copy(update={"pipeline_hash": "sha256:00"}).model_dump_json())
        stale = findings(settings)[part]
    assert (stale.state, "another pipeline" in stale.found, "--decide" in stale.mend) == ("missing", True, True)


def test_without_a_calibration_nothing_is_said_of_one(tmp_path: Path) -> None:
    assert "calibration of answers" not in findings(Settings(data_dir=tmp_path / "none"))
