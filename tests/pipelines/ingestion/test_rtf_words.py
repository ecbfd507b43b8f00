"""Words of RTF that hold text, and those that hold none."""

import pytest

from averment.pipelines.ingestion.partition import partition


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"a\emdash b\~c\_d\-e", "a—b c\u2011de"),
        (r"{\object\objemb{\*\objdata 0102}{\result shown}}", "shown"),
        (r"x{\nonesttables none}", "x"),
        (r"{\f2 \'fe} yes", "☑ yes"),
        (r"in 2025{\super 1}", "in 2025 1"),
        (r"Fee\chftn{\footnote \chftn Net.} due", "Fee[1] due\n[1] Net."),
        (r"Fee {\strike 100} 200", "Fee 200\n100"),
        (r"{\mmath{\*\moMath{\mr x=1}}}", "x=1"),
        (r"a{\*\annotation Why?}", "a\nComment: Why?"),
    ],
)
def test_what_is_shown(body: str, text: str) -> None:
    head = r"{\rtf1\ansi{\fonttbl{\f0 Arial;}{\f2\fcharset2 Wingdings;}}"
    assert partition((head + body + "}").encode("latin-1"), name="a.rtf").text.strip() == text


def test_very_many_escapes_take_no_time() -> None:
    content = b"{\\rtf1 " + b"\\'41" * 300_000 + b"}"
    assert partition(content, name="a.rtf").text.strip() == "A" * 300_000
