"""What Word shows and does not store as text, written into a DOCX part as text.

Signs of symbol fonts, check boxes and choices of old form fields, formulas in one line, references to notes as `[1]`
and `[i]`, the numbers of numbered paragraphs. Raised digits are set apart from the figure before them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from averment.pipelines.ingestion.docx_styles import Numbering, child, is_on, value
from averment.pipelines.ingestion.docx_tree import above, local, made_run, made_text, named, remove, text_of
from averment.pipelines.ingestion.opendocument_styles import write_number
from averment.pipelines.ingestion.symbols import is_symbol_font, symbol

_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_TWO_DIGITS: Final = re.compile(r"\d\d")
_PRIVATE: Final = re.compile("[\uf000-\uf0ff]")
_MATH: Final = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_MATHS: Final = (f"{{{_MATH}}}", "{http://purl.oclc.org/ooxml/officeDocument/math}")
_MATH_OPENS: Final = {"num": "(", "den": "/(", "sup": "^(", "sub": "_(", "deg": "(", "rad": "√", "d": "("}
_MATH_CLOSES: Final = {"num": ")", "den": ")", "sup": ")", "sub": ")", "deg": ")", "d": ")", "mr": "; "}
NOTES: Final = ("footnote", "endnote")


@dataclass(slots=True)
class NoteNumbers:
    """The numbers of notes as Word shows them: counted through the body, endnotes in Roman numerals."""

    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def label(self, kind: str, identity: str) -> str:
        """Return the number of a note; the first time that it is asked for decides."""
        key = (kind, identity)
        if key not in self.labels:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self.labels[key] = write_number(self._counts[kind], "i" if kind == "endnote" else "1")
        return self.labels[key]


def write_marks(root: Any, *, notes: NoteNumbers, numbering: Numbering | None) -> None:
    """Write the marks of a part into its text.

    Args:
        root: The part, settled.
        notes: The numbers of its notes.
        numbering: The numbers of its paragraphs; None for a part that has none.
    """
    _write_symbols(root)
    _write_fields(root)
    _write_formulas(root)
    _set_raised_apart(root)
    for kind in NOTES:
        for reference in list(named(root, f"{kind}Reference")):
            _refer(reference, kind, notes)
    for paragraph in list(named(root, "p")) if numbering is not None else ():
        label = numbering.label(paragraph) if numbering is not None else ""
        if label and label != "•" and text_of(paragraph).strip():
            place = child(paragraph, "pPr")
            paragraph.insert(0 if place is None else paragraph.index(place) + 1, made_run(label + " "))


def _refer(reference: Any, kind: str, notes: NoteNumbers) -> None:
    """Write the number of a note; one whose mark was chosen by hand stands in the text already."""
    if is_on_mark(reference):
        remove(reference)
        return
    label = notes.label(kind, value(reference, "id") or "")
    reference.getparent().replace(reference, made_text(f"[{label}]"))


def is_on_mark(reference: Any) -> bool:
    """Tell a reference whose mark was chosen by hand."""
    return (value(reference, "customMarkFollows") or "0").lower() not in ("0", "false", "off")


def _write_symbols(root: Any) -> None:
    for sign in list(named(root, "sym")):
        code = value(sign, "char") or ""
        try:
            text = symbol(value(sign, "font"), int(code[-4:], 16))
        except ValueError:
            text = symbol(None, 0)
        sign.getparent().replace(sign, made_text(text))
    for run in named(root, "r"):
        properties = child(run, "rPr")
        fonts = None if properties is None else child(properties, "rFonts")
        font = value(fonts, "ascii") if fonts is not None else None
        for part in named(run, "t"):
            if part.text and _PRIVATE.search(part.text):
                known = font if is_symbol_font(font) else "Wingdings"
                part.text = _PRIVATE.sub(lambda sign, font=known: symbol(font, ord(sign[0])), part.text)  # type: ignore[misc] # the font of this run


def _write_fields(root: Any) -> None:
    """Write what the check boxes and lists of old forms are set to, which is no text of theirs."""
    for data in list(named(root, "ffData")):
        run = above(data, "r")
        if run is None:
            continue
        box, choice = child(data, "checkBox"), child(data, "ddList")
        if box is not None:
            state = child(box, "checked")
            state = child(box, "default") if state is None else state
            run.append(made_text("☒" if is_on(state) else "☐"))
        elif choice is not None:
            entries = [value(entry) or "" for entry in choice if local(entry) == "listEntry"]
            told = value(child(choice, "result")) or value(child(choice, "default")) or "0"
            at = int(told) if told.isdigit() and len(told) < 4 else 0
            if at < len(entries):
                run.append(made_text(entries[at]))


def _write_formulas(root: Any) -> None:
    """Write formulas in one line, their parts in brackets: `(a)/(b)`, `c^(2)`."""
    for name in _MATHS:
        for formula in list(root.iter(f"{name}oMath")):
            if formula.getparent() is None or any(outer.tag == f"{name}oMath" for outer in formula.iterancestors()):
                continue
            made = made_run("".join(_formula(formula, name)))
            made.tail = None
            formula.getparent().replace(formula, made)
        for wrapper in list(root.iter(f"{name}oMathPara")):
            parent = wrapper.getparent()
            at = parent.index(wrapper)
            for inner in reversed(list(wrapper)):
                if local(inner) == "r":
                    parent.insert(at, inner)
            parent.remove(wrapper)


def _formula(formula: Any, name: str) -> Iterator[str]:
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    for event, element in etree.iterwalk(formula, events=("start", "end")):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if not tag.startswith(name):
            if event == "start" and local(element) in ("t", "delText"):
                yield element.text or ""
            continue
        part = tag.rpartition("}")[2]
        if event == "start":
            yield _MATH_OPENS.get(part, "")
            if part == "t":
                yield element.text or ""
            elif part in ("chr", "begChr", "endChr"):
                yield "" if part != "chr" else element.get(f"{name}val") or ""
        else:
            yield _MATH_CLOSES.get(part, "")


def _set_raised_apart(root: Any) -> None:
    """Write a space before raised digits behind a figure: `2025` and a small `1` are no `20251`."""
    before: tuple[Any, str] = (None, "")
    for run in named(root, "r"):
        text = text_of(run)
        if not text:
            continue
        first = next(named(run, "t"), None)
        is_raised = any(value(mark) == "superscript" for mark in named(run, "vertAlign"))
        is_behind = before[0] is run.getparent() and _TWO_DIGITS.fullmatch(before[1][-1:] + text[0])
        if is_raised and is_behind and first is not None:
            first.text = f" {first.text}"
            first.set(_SPACE, "preserve")
        before = run.getparent(), text


def note_texts(root: Any, kind: str, *, labels: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, str]]:
    """Yield the label and the text of every note of a part; the label is empty for a note that nothing refers to."""
    for note in root:
        if local(note) == kind:
            text = " ".join(text_of(note).split())
            if text:
                yield labels.get((kind, value(note, "id") or ""), ""), text
