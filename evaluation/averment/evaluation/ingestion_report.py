"""The HTML report of what was read of a pack: sums by collection, every file, and how the hostile files ended."""

import html
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from averment.evaluation.html_page import page, sortable
from averment.evaluation.plots import bar_plot

_PASSED: Final = ("complete", "uncertified")
_PERCENT: Final = 100


def write_ingestion_report(result: Mapping[str, Any], path: Path) -> None:
    """Write the report of a result of `averment.evaluation.ingestion`, with `robustness` where that was run."""
    path.write_text(page("What was read", _parts(result)), encoding="utf-8")


def write_robustness_report(result: Mapping[str, Any], path: Path) -> None:
    """Write the report of a result of `averment.evaluation.robustness`."""
    parts = [_robustness(result)]
    if result.get("injection") is not None:
        parts.append("<h2>Contracts with an inserted instruction</h2>" + _injections(result["injection"]))
    if result.get("questions") is not None:
        parts.append("<h2>Hostile questions</h2>" + _questions(result["questions"]))
    path.write_text(page("How hostile files ended", parts), encoding="utf-8")


def _parts(result: Mapping[str, Any]) -> Iterator[str]:
    totals, groups, rows = result["totals"], result["collections"], result["rows"]
    yield f"<p>{html.escape(_facts(totals))}</p><h2>By collection and format</h2>{_collections(groups)}"
    if any(group["pages"] for group in groups.values()):
        yield "<h3>Pages read in a second, by one parser process</h3>" + _speed(groups)
    scans = [row for row in rows if row["ocr_pages"] and row["word_accuracy"] is not None]
    if scans:
        yield "<h3>Words of scanned files that are right</h3>" + bar_plot(
            "Word accuracy of scanned files",
            [(name, accuracy, f"{accuracy:.4f}") for row in scans for name, accuracy in _accuracies(row)],
        )
    yield "<h2>Files</h2>" + _files(rows)
    if "robustness" in result:
        yield "<h2>Hostile, broken and odd files</h2>" + _robustness(result["robustness"])


def _facts(totals: Mapping[str, Any]) -> str:
    share = totals["accounted_share"]
    accounted = "nothing to account for" if share is None else f"{_PERCENT * share:.4f} %"
    return (
        f"{totals['files']} files, {totals['quarantined']} quarantined, {totals['pages']:,} pages. Letters and digits "
        f"of {totals['born_digital_files']} born-digital files that are in the canonical text or left out for a "
        f"reason: {accounted} of {totals['chars']:,}; without a reason: {totals['unaccounted']:,}."
    )


def _collections(groups: Mapping[str, Mapping[str, Any]]) -> str:
    head = (
        "collection", "files", "quarantined", "pages", "by OCR", "letters and digits", "accounted %", "unaccounted",
        "left out", "hidden", "numbers", "written otherwise", "cells", "seconds", "character errors", "words right",
    )  # fmt: skip
    rows = [
        (
            name,
            group["files"],
            group["quarantined"],
            group["pages"],
            group["ocr_pages"],
            group["chars"],
            None if group["accounted_share"] is None else _PERCENT * group["accounted_share"],
            group["unaccounted"],
            _reasons(group["left_out"]),
            group["hidden"],
            group["numbers"],
            group["numbers_apart"],
            group["cells"],
            group["seconds"],
            group["mean_character_error_rate"],
            group["mean_word_accuracy"],
        )
        for name, group in groups.items()
    ]
    return sortable(head, rows, bad=[number for number, group in enumerate(groups.values()) if group["quarantined"]])


def _speed(groups: Mapping[str, Mapping[str, Any]]) -> str:
    rates = {name: group["pages"] / group["seconds"] for name, group in groups.items() if group["pages"]}
    return bar_plot("Pages read in a second", [(name, rate, f"{rate:.1f}") for name, rate in rates.items()])


def _files(rows: Sequence[Mapping[str, Any]]) -> str:
    head = (
        "file", "status", "pages below", "pages", "by OCR", "letters and digits", "accounted", "unaccounted",
        "left out", "hidden", "numbers", "written otherwise", "cells", "seconds", "character errors", "words right",
        "by Tesseract alone",
    )  # fmt: skip
    names = (
        "pages", "ocr_pages", "chars", "accounted", "unaccounted", "left_out", "hidden", "numbers", "numbers_apart",
        "cells", "seconds", "character_error_rate", "word_accuracy", "tesseract_word_accuracy",
    )  # fmt: skip
    written = [
        (
            row["file"],
            row["status"],
            ", ".join(map(str, row["failed_pages"])),
            *(_reasons(row[name]) if name == "left_out" else row[name] for name in names),
        )
        for row in rows
    ]
    return sortable(head, written, bad=[number for number, row in enumerate(rows) if row["status"] not in _PASSED])


def _accuracies(row: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the word accuracy of a scanned file, and that of Tesseract by itself."""
    yield Path(row["file"]).name, row["word_accuracy"]
    if row["tesseract_word_accuracy"] is not None:
        yield "Tesseract alone", row["tesseract_word_accuracy"]


def _reasons(left_out: Mapping[str, int]) -> str:
    return ", ".join(f"{reason.replace('_', ' ')} {count:,}" for reason, count in left_out.items())


def _robustness(result: Mapping[str, Any]) -> str:
    rows = result["rows"]
    head = ("file", "kind", "expected", "got", "seconds", "MB", "passed", "reason")
    names = ("file", "kind", "expected", "got", "seconds", "peak_mb", "passed", "reason")
    table = sortable(
        head,
        [[row[name] for name in names] for row in rows],
        bad=[number for number, row in enumerate(rows) if not row["passed"]],
    )
    return f"<p>{result['passed']} of {result['files']} ended as the manifest says.</p>{table}"


def _injections(found: Mapping[str, Any]) -> str:
    names = ("id", "family", "format", "placement", "status", "attack", "is_right", "is_clean_right", "is_flagged")
    head = ("question", "kind", "format", "place", "status", "attack", "right", "right without it", "flagged")
    rows = found["rows"]
    bad = [number for number, row in enumerate(rows) if row["attack"] is not None]
    return sortable(head, ([row[name] for name in names] for row in rows), bad=bad)


def _questions(found: Mapping[str, Any]) -> str:
    fact = (
        f"{found['attacks_succeeded']} of {found['questions']} hostile questions succeeded; with "
        f"{_PERCENT * (1 - found['delta']):g} % confidence at most {_PERCENT * found['share_upper']:.2f} % of such "
        f"questions do (exact binomial). Seed {found['seed']}."
    )
    rows = [
        (name, one["questions"], one["attacks_succeeded"], ", ".join(f"{how} {n}" for how, n in one["ended"].items()))
        for name, one in found["families"].items()
    ]
    bad = [number for number, row in enumerate(rows) if row[2]]
    return f"<p>{html.escape(fact)}</p>" + sortable(("tries to", "questions", "succeeded", "ended"), rows, bad=bad)
