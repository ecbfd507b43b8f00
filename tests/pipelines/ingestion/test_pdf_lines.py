"""Reading order: rows stay on one line, columns of prose are read one after the other."""

from types import SimpleNamespace

from averment.pipelines.ingestion.pdf_lines import Line, Run, arrange, find_gutters, group_lines, read_runs


def _run(x: float, y: float, text: str, *, rotation: int = 0) -> Run:
    width = 5.0 * len(text)
    box = (x, y, x + width, y + 10) if rotation == 0 else (x, y, x + 10, y + width)
    words = [(*box, text, False)]
    return Run(
        x0=box[0],
        y0=box[1],
        x1=box[2],
        y1=box[3],
        size=10,
        is_bold=False,
        rotation=rotation,
        words=words,
        n_chars=len(text),
    )


def _texts(lines: list[Line]) -> list[str]:
    return [" ".join(word[4] for run in line.runs for word in run.words) for line in lines]


def test_runs_of_one_height_make_a_line_from_left_to_right() -> None:
    lines = group_lines(
        [_run(300, 100.6, "1,200"), _run(20, 100, "Fee"), _run(20, 112, "Total"), _run(300, 112, "1,200")]
    )
    assert _texts(lines) == ["Fee 1,200", "Total 1,200"]


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    runs = [_run(160, 40, "a title that stands across both of the columns, all of it")]
    for number in range(12):
        runs.append(_run(50, 80 + 12 * number, f"left column line {number:02} of prose that is long"))
        runs.append(_run(320, 83 + 12.5 * number, f"right column line {number:02} of prose that is"))
    order = _texts(arrange(runs, width=612, height=792))
    assert order[0].startswith("a title")
    assert [line[:4] for line in order[1:13]] == ["left"] * 12
    assert [line[:5] for line in order[13:]] == ["right"] * 12


def test_a_table_is_no_page_of_columns() -> None:
    runs = [
        _run(x, 80 + 12 * n, text)
        for n in range(20)
        for x, text in ((50, "some label"), (300, "1,234"), (400, "5,678"))
    ]
    assert find_gutters(runs, width=612) == []


def test_turned_text_keeps_its_own_order_and_nothing_is_lost() -> None:
    runs = [
        _run(50, 100, "upright text of the page"),
        _run(590, 100, "first", rotation=90),
        _run(575, 100, "second", rotation=90),
    ]
    assert _texts(arrange(runs, width=612, height=792)) == ["upright text of the page", "first", "second"]


def test_raised_letters_at_the_end_of_an_item_go_to_the_word_they_stand_behind() -> None:
    boxes = [("Avenue,", 84.0, 111.0), ("6", 113.0, 117.0), ("Floor", 124.0, 142.0), ("th", 117.0, 122.0)]
    item = SimpleNamespace(
        text="Avenue, 6 Floorth", x=84.0, y=10.0, width=58.0, height=8.0, rotation=0, font_name="A", confidence=None,
        font_size=8.0,
        words=[SimpleNamespace(text=text, x=x0, y=10.0, width=x1 - x0, height=8.0) for text, x0, x1 in boxes],
    )  # fmt: skip
    (run,) = read_runs([item], width=600, height=800)
    assert [(word[4], word[5]) for word in run.words] == [
        ("Avenue,", False),
        ("6", False),
        ("th", True),
        ("Floor", False),
    ]
