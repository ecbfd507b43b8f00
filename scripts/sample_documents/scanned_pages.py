"""Turn a born-digital PDF into one that looks scanned: grey JPEG pages, slight skew, specks, no text layer."""

import io
import random
import time
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

DOTS_PER_INCH = 150
_JPEG_QUALITY = 48
_PAPER = 247
_N_SPECKS = 70


def scanned_pdf(pdf: bytes, *, title: str, scanned_on: datetime, seed: int) -> bytes:
    """Return an image-only PDF of the pages of `pdf`; the skew and the specks follow `seed`."""
    import pypdfium2

    source = pypdfium2.PdfDocument(pdf)
    random_source = random.Random(seed)
    pages = []
    for page in source:
        pages.append(_aged(page.render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil(), random_source))
        page.close()
    source.close()
    out = io.BytesIO()
    stamp: time.struct_time = scanned_on.timetuple()
    pages[0].save(
        out,
        "PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=DOTS_PER_INCH,
        quality=_JPEG_QUALITY,
        title=title,
        creationDate=stamp,
        modDate=stamp,
    )
    return out.getvalue()


def _aged(page: "Image", random_source: random.Random) -> "Image":
    from PIL import Image, ImageDraw, ImageFilter

    grey = page.convert("L").point(lambda level: 28 + level * (_PAPER - 28) // 255)
    skew_degrees = random_source.uniform(-0.7, 0.7)
    grey = grey.rotate(skew_degrees, resample=Image.Resampling.BICUBIC, fillcolor=_PAPER)
    grey = grey.filter(ImageFilter.GaussianBlur(0.45))
    draw = ImageDraw.Draw(grey)
    for _ in range(_N_SPECKS):
        x, y = random_source.randrange(grey.width), random_source.randrange(grey.height)
        draw.point((x, y), fill=random_source.randrange(90, 190))
    edge = random_source.randrange(3, 9)
    draw.line([(0, 0), (0, grey.height)], fill=190, width=edge)
    return grey
