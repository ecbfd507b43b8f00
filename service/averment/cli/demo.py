"""`averment demo`: the whole way once, on the samples or on a folder given."""

import glob
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Final

import typer

from averment.cli.answer_text import answer_lines
from averment.cli.context import user_name
from averment.cli.demo_questions import DemoQuestion, example_questions, pack_questions
from averment.cli.filters import principal
from averment.cli.output import counts, note, say
from averment.cli.progress import progress
from averment.compliance.marks.release import release_of_answers
from averment.connectors.sources import connectors_for
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.clock import SystemClock, rfc3339
from averment.core.errors import AuditIntegrityError, ConfigurationError, ModelUnavailable
from averment.core.ports import Connector
from averment.core.settings import ModelSettings, Settings, SourceSettings
from averment.core.settings_file import LoadedSettings
from averment.pipelines.models.configured import server_of
from averment.service.answer_report import ReportFacts, render_report
from averment.service.install import initialise
from averment.service.runtime import Runtime, open_runtime

EXAMPLES: Final = Path("examples")
_MARKER: Final = ".averment-demo"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    documents: Annotated[
        Path | None, typer.Option("--docs", help="Folder corpus/<collection> of a pack instead of the samples.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the demonstration's data and report.")] = Path("out"),
    with_model: Annotated[bool, typer.Option("--model/--no-model", help="Start vLLM with the packaged model.")] = True,
    seed: Annotated[int, typer.Option(help="Chooses the questions of a pack.")] = 7,
) -> None:
    """Ingest documents, ask, verify the log, and write a report; everything ends when the command ends."""
    clock = SystemClock()
    questions = pack_questions(documents, seed=seed) if documents else example_questions(EXAMPLES / "questions.yaml")
    folder = documents or EXAMPLES / "documents"
    work = _fresh(out / ("demo" if documents is None else f"demo-{documents.name}"))
    settings = Settings(
        data_dir=work / "data",
        model=ModelSettings(
            enabled=with_model, models_dir=Path("models").absolute(), vllm_environment=Path(".venv-vllm").absolute()
        ),
    )
    initialise(
        LoadedSettings(settings=settings, origins={}, path=None, root=work),
        source=None,
        subject=user_name(),
        clock=clock,
    )
    with ExitStack() as stack:
        has_model = with_model and _start_model(settings, stack)
        answers, lines = _run(stack.enter_context(open_runtime(settings)), folder, questions)
        runtime_facts = "SmolLM2-135M through vLLM (smoke test)" if has_model else "none"
    verification = [*lines, *_verify_alone(settings, work)]
    for line in verification:
        say(line)
    report = work / "report.html"
    with open_runtime(settings) as runtime:
        facts = ReportFacts(
            title="Averment: a demonstration",
            model=runtime_facts,
            log_origin=settings.log.origin,
            log_size=runtime.record.verify_log().size,
            verification=verification,
            created=rfc3339(clock.now()),
        )
        text = render_report(answers, facts, page_image=runtime.views.page_image, text_around=runtime.views.text_around)
        raw = runtime.record.release_file(text.encode(), release_of_answers(answers, subject=user_name()))
    report.write_bytes(raw)
    say(f"report: {report}")


def _run(runtime: Runtime, folder: Path, questions: list[DemoQuestion]) -> tuple[list[Answer], list[str]]:
    connector = _connector(runtime.settings, folder)
    with progress("ingest") as shown:
        report = runtime.ingest(connector, subject=user_name(), on_progress=shown.update)
    say(
        f"ingested: {counts({'added': report.added, 'quarantined': report.quarantined, 'failed': report.failed})}; "
        f"{report.n_pages} pages, {report.n_chunks_embedded} chunks in {report.duration_s:.1f} s"
    )
    answers = []
    for question in questions:
        say("─" * 80)
        answer = runtime.analyse(
            AnalysisRequest(
                question=question.text,
                principal=principal(None, subject=user_name(), tenant=runtime.settings.tenant),
                filters=question.filters,
                purpose=runtime.settings.purpose,
                channel="cli",
            )
        )
        answers.append(answer)
        for line in answer_lines(answer):
            say(line)
        if question.expected:
            say(f"Expected  {question.expected}")
    say("─" * 80)
    checked = runtime.record.verify_log()
    checked.raise_on_failure()
    return answers, [f"averment audit verify: {checked.size} entries of {checked.origin}, root {checked.root}: ok"]


def _connector(settings: Settings, folder: Path) -> Connector:
    """Return the connector of a folder; a pack's reference text beside a PDF of that name is not read as a document."""
    twins = sorted(glob.escape(pdf.with_suffix(".txt").name) for pdf in folder.glob("*.pdf"))
    exclude = (*SourceSettings.model_fields["exclude"].default, *twins)
    source = SourceSettings(name="demo", path=folder, exclude=exclude)
    (connector,) = connectors_for(settings.model_copy(update={"sources": (source,)}), [source.name])
    return connector


def _start_model(settings: Settings, stack: ExitStack) -> bool:
    """Start vLLM; where it is not installed the demonstration goes on and says so."""
    try:
        running = stack.enter_context(server_of(settings, announce=note))
    except ModelUnavailable as error:
        note(f"no language model: {error.message} ({error.hint}); answers are extractive or computed by rules")
        return False
    note(f"language model ready after {running.startup_s:.0f} s")
    return True


def _verify_alone(settings: Settings, work: Path) -> list[str]:
    """Check the log with the stand-alone verifier, in a process that shares nothing with this one."""
    from averment.compliance import averment_verify

    evidence = settings.data_dir / "evidence"
    command = [sys.executable, "-I", averment_verify.__file__, str(evidence)]
    done = subprocess.run(
        [*command, "--policy", str(evidence / "policy.tlog-policy")], capture_output=True, text=True, check=False
    )
    (work / "verification.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode:
        raise AuditIntegrityError(f"averment-verify does not accept the log: {done.stdout.strip()[-400:]}")
    return [f"averment-verify accepts the log (its words are in {work / 'verification.txt'})"]


def _fresh(folder: Path) -> Path:
    """Empty a folder that an earlier demonstration made; a folder of somebody else's is refused."""
    folder = folder.absolute()
    if folder.exists() and not (folder / _MARKER).exists():
        raise ConfigurationError(f"{str(folder)!r} exists and is not a demonstration's", hint="choose another --out")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARKER).touch()
    return folder
