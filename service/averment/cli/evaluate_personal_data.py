"""`averment eval pii`: how much planted personal data is found."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from averment.cli.evaluation_log import logged_run, write_result
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.cli.progress import progress
from averment.core.jsonable import to_json

if TYPE_CHECKING:
    from averment.evaluation.planted import PlantedText


def evaluate_personal_data(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="Folder for result.json and report.html.")] = Path("out/pii"),
    sentences: Annotated[int, typer.Option("--sentences", min=1, help="Invented sentences a language.")] = 400,
    pack: Annotated[
        Path | None, typer.Option("--pack", help="Folder of a pack: sentences are planted into its contracts too.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Documents of the pack, sampled by seed.")] = 20,
    planted: Annotated[int, typer.Option("--planted", min=1, help="Sentences planted in a document.")] = 20,
    seed: Annotated[int, typer.Option("--seed", help="For what is planted, and where.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Plant invented personal data, German and English, and print what share of it is found, with intervals."""
    from averment.compliance.pii.detector import PersonalDataFinder
    from averment.evaluation.personal_data import HEAD, measure, shown
    from averment.evaluation.personal_data_report import write_personal_data_report

    find = PersonalDataFinder().find
    texts = [*_sentences(sentences, seed), *_documents(pack, limit, planted=planted, seed=seed)]
    with logged_run(context, "personal-data", out=out, pack=pack):
        with progress("personal data") as bar:
            result = measure(texts, find, on_progress=lambda done: bar.update(done, len(texts), ""))
        body = to_json(
            {
                "seed": seed,
                "sentences": sentences,
                "documents": sum(not text.is_ours for text in texts),
                "planted_a_document": planted,
                **result,
            }
        )
        assert isinstance(body, dict)
        write_result(out, body, evaluation="personal-data")
    write_personal_data_report(body, out / "report.html")
    if as_json:
        print_json(body)
        return
    print_table(HEAD, shown(body))
    note(f"result: {out / 'result.json'}  report: {out / 'report.html'}")


def _sentences(n: int, seed: int) -> "Iterator[PlantedText]":
    from averment.evaluation.planted import planted_sentences

    for language in ("en", "de"):
        yield from planted_sentences(n, language, seed=seed)


def _documents(pack: Path | None, limit: int, *, planted: int, seed: int) -> "Iterator[PlantedText]":
    """Plant into English contracts of a pack; it holds no German ones."""
    from averment.evaluation.metrics import sample
    from averment.evaluation.pack import Pack
    from averment.evaluation.planted import plant_into

    if pack is None:
        return
    opened = Pack(pack)
    contracts = [document for document in opened.documents.values() if document.collection.startswith("cuad")]
    for index in sample(len(contracts), limit, seed=seed):
        yield plant_into(opened.official_text(contracts[index]), "en", n=planted, seed=seed)
