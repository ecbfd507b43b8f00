"""PPTX slide by slide: the shapes as unstructured gives them, then charts and diagrams, then the notes.

`pptx_plain` makes every slide plain before. Comments follow the last slide, and what masters and layouts write on
slides comes once, as a header. A hidden slide is not seen, with all that belongs to it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.drawings import Drawing, read_drawing
from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.pptx_plain import P, drawing_paragraphs, make_plain, titles
from averment.pipelines.ingestion.relations import main_part, relations

MAIN_PART: Final = "ppt/presentation.xml"
_TYPES: Final = "[Content_Types].xml"
_PLAIN_TYPE: Final = b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_OTHER_TYPE: Final = re.compile(
    rb"application/vnd\.(?:ms-powerpoint\.(?:presentation|slideshow|template)\.macroEnabled"
    rb"|openxmlformats-officedocument\.presentationml\.(?:slideshow|template))\.main\+xml"
)
_COMMENTS: Final = re.compile(r"ppt/comments/[^/]+\.xml")
_DRAWN: Final = frozenset({"chart", "chartEx", "diagramData"})
_RUNNING: Final = frozenset({"slideLayout", "slideMaster"})


@dataclass(slots=True, kw_only=True)
class Slide:
    """A slide made plain."""

    root: Any
    is_hidden: bool
    titles: tuple[str, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Presentation:
    """A presentation made plain: the container, its slides in order, and what stands beside them."""

    content: bytes
    slides: list[Slide] = field(default_factory=list)
    hidden: list[tuple[str, HiddenReason]] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def read_presentation(archive: OfficeArchive) -> Presentation:
    """Make a presentation plain.

    Raises:
        DocumentCorrupt: A part is missing or damaged.
    """
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    main = main_part(archive, default=MAIN_PART)
    root = archive.xml(main)
    size = _size(root)
    made = Presentation(content=b"")
    written = {}
    for part in _parts(archive, main, root):
        tree = archive.xml(part)
        is_hidden = tree.get("show") in ("0", "false")
        unseen = make_plain(tree, size=size)
        slide = _slide(archive, part, tree, is_hidden=is_hidden)
        if is_hidden:
            texts = [*drawing_paragraphs(tree), *_lines(slide.drawings), *slide.notes, *(text for text, _ in unseen)]
            unseen = [("\n".join(texts), HiddenReason.HIDDEN_SLIDE)] if texts else []
        made.hidden.extend(unseen)
        made.slides.append(slide)
        written[part] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
        made.running.extend(text for text in _written_by_layouts(archive, part) if text not in made.running)
    made.comments.extend(_comments(archive))
    if _TYPES in archive.names:
        # Slide shows, templates and files with macros differ in nothing else, and python-pptx opens none of them.
        written[_TYPES] = _OTHER_TYPE.sub(_PLAIN_TYPE, archive.read(_TYPES))
    made.content = archive.replaced(written, edit=bytes)
    return made


def _slide(archive: OfficeArchive, part: str, tree: Any, *, is_hidden: bool) -> Slide:
    drawings: list[Drawing] = []
    notes: list[str] = []
    for relation in relations(archive, part).values():
        if relation.target not in archive.names:
            continue
        if relation.kind in _DRAWN:
            drawings.append(read_drawing(archive.xml(relation.target)))
        elif relation.kind == "notesSlide":
            page = archive.xml(relation.target)
            make_plain(page, size=(0, 0))
            notes.extend(drawing_paragraphs(page))
    return Slide(
        root=tree, is_hidden=is_hidden, titles=tuple(titles(tree)), drawings=tuple(drawings), notes=tuple(notes)
    )


def _lines(drawings: Iterable[Drawing]) -> Iterator[str]:
    for drawing in drawings:
        yield from drawing.lines
        yield from (" ".join(filter(None, row)) for row in drawing.rows)


def _parts(archive: OfficeArchive, main: str, root: Any) -> Sequence[str]:
    """Return the parts of the slides in the order they are shown."""
    known = relations(archive, main)
    shown = [
        next((value for key, value in slide.attrib.items() if key.endswith("}id")), "")
        for slide in root.iter()
        if isinstance(slide.tag, str) and slide.tag.endswith("}sldId")
    ]
    targets = [known[identity].target for identity in shown if identity in known]
    return [target for target in targets if target in archive.names]


def _size(root: Any) -> tuple[int, int]:
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.endswith("}sldSz"):
            told = [element.get("cx") or "", element.get("cy") or ""]
            if all(value.isdigit() and len(value) < 12 for value in told):
                return int(told[0]), int(told[1])
    return 0, 0


def _written_by_layouts(archive: OfficeArchive, slide: str) -> Iterator[str]:
    """Yield what the layout of a slide, and its master, write on it beside placeholders."""
    waiting = [slide]
    for part in waiting:
        for relation in relations(archive, part).values():
            if relation.kind in _RUNNING and relation.target in archive.names and relation.target not in waiting:
                waiting.append(relation.target)
    for part in waiting[1:4]:
        for shape in archive.xml(part).iter(f"{P}sp"):
            if next(shape.iter(f"{P}ph"), None) is None:
                yield from drawing_paragraphs(shape)


def _comments(archive: OfficeArchive) -> Iterator[str]:
    """Yield the comments of both kinds with their authors."""
    authors: dict[str, str] = {}
    for name in ("ppt/commentAuthors.xml", "ppt/authors.xml"):
        if name in archive.names:
            authors.update(
                (one.get("id") or "", " ".join((one.get("name") or "").split())) for one in archive.xml(name)
            )
    for name in sorted(name for name in archive.names if _COMMENTS.fullmatch(name)):
        for comment in archive.xml(name).iter():
            kind = comment.tag.rpartition("}")[2] if isinstance(comment.tag, str) else ""
            if kind in ("cm", "reply"):
                text = _comment_text(comment)
                author = authors.get(comment.get("authorId") or "", "")
                if text:
                    yield f"Comment ({author}): {text}" if author else f"Comment: {text}"


def _comment_text(comment: Any) -> str:
    """Return the text of a comment without those that answer it."""
    parts: list[str] = []
    for child in comment:
        kind = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if kind == "text":
            parts.append(child.text or "")
        elif kind == "txBody":
            parts.extend(drawing_paragraphs(child))
    return " ".join(" ".join(parts).split())


def by_slide(elements: Iterable[Any]) -> Mapping[int, list[Any]]:
    """Return unstructured's elements by the number of their slide, from 1 on."""
    found: dict[int, list[Any]] = {}
    for element in elements:
        found.setdefault(element.metadata.page_number or 1, []).append(element)
    return found
