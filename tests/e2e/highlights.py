"""Whether a page picture marks the right words: its pixels against the boxes, the boxes against the text."""

import io
from typing import Any

from PIL import Image, ImageChops

PLACE = ".stage:not([aria-busy]) :is(mark, .outline)"
YELLOW = 60  # how much less blue than red a marked pixel is


def words_of(facts: dict[str, Any], highlight: dict[str, Any]) -> str:
    """Return the words that a highlight of a page marks, white space folded."""
    words = facts["text"][max(0, highlight["start"] - facts["start"]) : highlight["end"] - facts["start"]]
    return " ".join(words.split())


def assert_marked(png: bytes, boxes: list[dict[str, float]], facts: dict[str, Any]) -> None:
    """Compare the marked pixels of a picture with the boxes: inside all are, outside none is."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    scale = picture.width / facts["width"]
    red, _, blue = picture.split()
    yellow = ImageChops.subtract(red, blue).point(lambda value: 255 * (value > YELLOW))
    marked = {
        (x, y) for y in range(0, picture.height, 2) for x in range(0, picture.width, 2) if yellow.getpixel((x, y))
    }
    assert marked

    def within(x: float, y: float, margin: float) -> bool:
        return any(
            (box["x0"] - margin) * scale <= x <= (box["x1"] + margin) * scale
            and (box["y0"] - margin) * scale <= y <= (box["y1"] + margin) * scale
            for box in boxes
        )

    assert [point for point in marked if not within(*point, margin=2.5)] == []
    area = sum((box["x1"] - box["x0"]) * (box["y1"] - box["y0"]) for box in boxes) * scale * scale / 4
    assert len(marked) > 0.5 * area, "most of a box is paper, which is yellow then; letters stay dark"
