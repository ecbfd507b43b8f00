"""A master agreement, two amendments and an exhibit in a real catalog: what is in force on a day, for each reader."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from averment.connectors.filesystem import FilesystemConnector
from averment.core.access import AccessLabel, Filters, Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer, SentenceKind
from averment.core.clock import SystemClock
from averment.core.data_dir import DataDir, open_data_dir
from averment.core.settings import EmbeddingSettings, ModelSettings, Settings
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.gate import plain_recording
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.workspace import Workspace, open_workspace
from tests.pipelines.reasoning.contracts_in_force import EXHIBIT, FIRST, MASTER, SECOND

pytestmark = pytest.mark.slow

ADA = Principal(subject="ada", groups=("everyone",))
LEGAL = Principal(subject="lea", groups=("everyone", "legal"))
FILES = {"master.txt": MASTER, "amendment-1.txt": FIRST, "exhibit-b.txt": EXHIBIT}
"""What everyone may read; the second amendment is for the legal department."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("amended")
    open_data_dir(root / "data")
    for folder, files in (("open", FILES), ("legal", {"amendment-2.txt": SECOND})):
        (root / folder).mkdir()
        for name, text in files.items():
            (root / folder / name).write_text(text, encoding="utf-8")
    with opened(root) as workspace:
        for folder, readers in (("open", ("everyone",)), ("legal", ("legal",))):
            connector = FilesystemConnector(root / folder, name=folder, access=AccessLabel(readers=readers))
            report = workspace.ingestor(subject="test", jobs=1).ingest(connector)
            assert report.status == "ok"
        yield workspace


@contextmanager
def opened(root: Path) -> Iterator[Workspace]:
    @contextmanager
    def open_log(_: DataDir) -> Iterator[MemoryAuditSink]:
        yield MemoryAuditSink()

    settings = Settings(
        data_dir=root / "data",
        model=ModelSettings(models_dir=root / "models"),
        embedding=EmbeddingSettings(backend="torch", precision="float32"),
    )
    with open_workspace(settings, open_log=open_log, open_recording=plain_recording, clock=SystemClock()) as workspace:
        yield workspace


def ask(workspace: Workspace, question: str, who: Principal = LEGAL, *, on: date | None = None) -> Answer:
    profile = load_profile(workspace.settings.model.profile)
    analyst = workspace.analyst(None, profile=profile)
    filters = Filters(file_name=("master.txt",))
    return analyst.analyse(AnalysisRequest(question=question, principal=who, filters=filters, as_of=on))


def quotes(answer: Answer) -> list[str]:
    return [sentence.text for sentence in answer.sentences if sentence.kind is SentenceKind.QUOTE]


@pytest.mark.parametrize(
    ("who", "on", "days"),
    [
        (LEGAL, None, 60),
        (LEGAL, date(2025, 2, 28), 45),
        (LEGAL, date(2023, 5, 31), 30),
        (ADA, None, 45),
    ],
)
def test_the_payment_term_is_that_of_the_day_and_of_what_one_may_read(
    workspace: Workspace, who: Principal, on: date | None, days: int
) -> None:
    answer = ask(workspace, "Within how many days must Customer pay an undisputed invoice?", who, on=on)
    assert answer.value is not None
    assert (answer.value.value, answer.value.unit) == (days, "day")
    assert f"({days}) days" in quotes(answer)[0]
    assert len(quotes(answer)) == {30: 1, 45: 2, 60: 3}[days]
    assert ("AMENDMENT NO. 2" in answer.text.upper()) is (who is LEGAL)


def test_an_exhibit_and_a_deadline_are_found_in_the_stores(workspace: Workspace) -> None:
    fees = ask(workspace, "What fees shall Customer pay under the agreement?", ADA)
    assert "Exhibit B was read in" in fees.text
    assert any("EUR" in text for text in quotes(fees)[1:])
    deadline = ask(workspace, "What is the last day to give notice of non-renewal?", ADA, on=date(2026, 11, 23))
    assert deadline.value is not None
    assert deadline.value.value == "2027-11-11"
