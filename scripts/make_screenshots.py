"""Pictures of every page of the service, at phone and desktop width, light and dark: `make screenshots`.

Needs the Debian package of feature `browser` (apt.txt) and the package `playwright`. An installation with the samples
of `examples/` is made for it and thrown away, or `--url` and `--key` name a service that runs.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

REPO: Final = Path(__file__).resolve().parent.parent
CHROMIUM: Final = "/usr/bin/chromium"
SIZES: Final = {"desktop": (1440, 900), "phone": (390, 844)}
COMPARED: Final = (
    "By what percentage did Marrowgate's research and development expense grow from the three months ended "
    "June 30, 2025 to the three months ended June 30, 2026?"
)
AMENDED: Final = (
    "How many days' notice of non-renewal must a party give under the Brackwater and Velmere services agreement as "
    "amended?"
)
# Each part of the operations page, with what stands there once it is loaded.
OPERATIONS: Final = {"overview": ".readiness", "flows": ".grid", "endpoints": ".empty", "costs": ".grid"}
ABSENT: Final = "How many people did Marrowgate Instruments employ on June 30, 2026?"


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=REPO / "out" / "screenshots")
    parser.add_argument("--url", help="a service that runs; one is started when absent")
    parser.add_argument("--key", help="its key")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        url, key = (chosen.url, chosen.key) if chosen.url else stack.enter_context(_service())
        for path in _pictures(url, key, out=chosen.out):
            print(path)


def _pictures(url: str, key: str, *, out: Path) -> Iterator[Path]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for device, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,
                    locale="en-GB" if scheme == "light" else "de-DE",
                    device_scale_factor=2 if device == "phone" else 1,
                    reduced_motion="reduce",
                )
                page = context.new_page()
                for name in _walk(page, url, key):
                    path = out / f"{name}-{device}-{scheme}.png"
                    page.screenshot(path=path)
                    yield path
                context.close()
        browser.close()


def _walk(page: Any, url: str, key: str) -> Iterator[str]:
    """Go through the pages; every name is a picture to be taken."""
    page.goto(url)
    page.locator("#key").wait_for()
    yield "sign-in"
    page.fill("#key", key)
    page.keyboard.press("Enter")
    page.locator(".welcome").wait_for()
    yield "welcome"
    page.locator(".ai-notice button").click()
    _ask(page, COMPARED, number=0)
    yield "calculation"
    page.locator(".citation").first.click()
    page.locator(".stage:not([aria-busy]) .sheet img").wait_for()
    yield "evidence"
    page.keyboard.press("Escape")
    _ask(page, AMENDED, number=1)
    yield "quotation"
    page.locator(".scope-toggle").click()
    page.locator(".picker label").first.wait_for()
    yield "scope"
    page.goto(f"{url}/#/ask")
    page.locator(".welcome").wait_for()
    _ask(page, ABSENT, number=0)
    yield "abstention"
    page.goto(f"{url}/#/documents")
    page.locator(".certificate summary").first.click()
    yield "documents"
    page.goto(f"{url}/#/oversight")
    page.locator(".review button").first.click()
    page.locator(".case").wait_for()
    if page.viewport_size["width"] == SIZES["desktop"][0]:  # there the source stands beside the claim
        page.locator(".stage:not([aria-busy]) .sheet img").wait_for()
    yield "oversight"
    for part, shown in OPERATIONS.items():
        page.goto(f"{url}/#/operations/{part}")
        page.locator(f".part {shown}").first.wait_for()
        yield f"operations-{part}"


def _ask(page: Any, question: str, *, number: int) -> None:
    page.fill("#question", question)
    page.keyboard.press("Enter")
    page.locator(".answer").nth(number).wait_for(timeout=120_000)


@contextlib.contextmanager
def _service() -> Iterator[tuple[str, str]]:
    """Serve the samples from a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "AVERMENT_MODEL__ENABLED": "false",
            "AVERMENT_MODEL__MODELS_DIR": str(REPO / "models"),
            "AVERMENT_OVERSIGHT__REVIEWERS": '["api-key"]',
            "AVERMENT_OVERSIGHT__REVIEW_SHARE": "1.0",
        }
        command = [sys.executable, "-m", "averment.cli.main"]
        # The report lies there twice; the file with pages is the one to show.
        documents = Path(folder) / "documents"
        shutil.copytree(REPO / "examples" / "documents", documents, ignore=shutil.ignore_patterns("*.html"))
        for arguments in (["init"], ["ingest", str(documents)]):
            subprocess.run([*command, *arguments], cwd=folder, env=environment, check=True)
        with subprocess.Popen(
            [*command, "serve", "--port", "0"], cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                yield _address(process), (Path(folder) / ".averment" / "keys" / "api-key").read_text("ascii").strip()
            finally:
                process.terminate()


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if "serving on " in line:
            return line.partition("serving on ")[2].split()[0]
    raise RuntimeError("the service ended before it listened")


if __name__ == "__main__":
    main()
