from datetime import UTC, datetime
from pathlib import Path

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.ids import uuid7_ms
from averment.core.record_settings import PurposeRetention, RetentionSettings
from averment.core.settings import ServiceSettings, Settings
from averment.core.testing.sealing import PlainTexts
from averment.service.analysis_store import open_analyses
from averment.service.history import HistoryStore, oldest_kept

NOW = datetime(2026, 3, 31, tzinfo=UTC)


def days(settings: Settings) -> float:
    kept_ms = NOW.timestamp() * 1000 - uuid7_ms(oldest_kept(settings, now=NOW))
    return kept_ms / 86_400_000


def test_a_history_never_outlives_what_the_log_keeps() -> None:
    assert days(Settings()) == 28
    long = ServiceSettings(history_days=300)
    assert days(Settings(service=long)) == 300
    assert days(Settings(service=long, retention=RetentionSettings(log_months=3))) == 84
    own = RetentionSettings(purposes=(PurposeRetention(purpose="screening", log_months=2),))
    assert days(Settings(service=long, retention=own)) == 56


def test_an_erasure_says_what_it_deleted(tmp_path: Path) -> None:
    sealing, path = PlainTexts(), tmp_path / "analyses.sqlite"
    store = HistoryStore(path, sealing=sealing)
    assert store.clean(["Anna Schmidt"], person=None).state == "absent"
    with open_analyses(path, sealing=sealing) as opened:
        for number, subject in enumerate(("ada", "eve", "eve")):
            question = "What does anna  SCHMIDT earn?" if number == 1 else "What is the term?"
            request = AnalysisRequest(question=question, principal=Principal(subject=subject, groups=()))
            opened.add(str(number), request)
    cleaned = store.clean(["Anna Schmidt"], person=sealing.owner("ada"))
    assert (cleaned.name, cleaned.state, cleaned.detail) == ("analyses", "clean", "2 copies deleted")
    assert store.clean([], person=None).detail == ""
    with open_analyses(path, sealing=sealing) as opened:
        assert [one.id for one in opened.unfinished()] == ["2"]
