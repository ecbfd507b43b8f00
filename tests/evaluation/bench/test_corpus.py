"""Samples are seeded, have a text layer, and join to the pages asked for."""

from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError
from averment.evaluation.bench.corpus import contracts, filings, join_pages, n_pages, pdfium_text, questions
from averment.evaluation.bench.plan import Plan


def test_without_a_pack_the_samples_with_a_text_layer_are_taken(plan: Plan) -> None:
    names = {path.name for path in contracts(plan, 10)}
    assert "master-services-agreement.pdf" in names
    assert not any("scan" in name for name in names)


def test_equal_seeds_choose_equally_and_page_limits_hold(plan: Plan) -> None:
    assert contracts(plan, 2) == contracts(plan, 2)
    assert all(n_pages(path) <= 12 for path in contracts(plan, 9, pages=(1, 12)))


def test_a_folder_without_documents_is_an_error_that_names_it(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no PDFs with text"):
        contracts(replace(plan, root=tmp_path), 1)


def test_questions_are_distinct_and_seeded(plan: Plan) -> None:
    asked = questions(plan, 10)
    assert len(set(asked)) == 10
    assert asked == questions(plan, 10)
    assert asked != questions(replace(plan, seed=1), 10)


def test_pages_are_joined_and_files_repeat_until_there_are_enough(plan: Plan, tmp_path: Path) -> None:
    source = contracts(plan, 1)
    wanted = 2 * n_pages(source[0]) + 1
    out = tmp_path / "joined.pdf"
    assert join_pages(source, pages=wanted, out=out) == wanted == n_pages(out)
    assert pdfium_text(out) > 2 * pdfium_text(source[0])


def test_a_pack_is_preferred(plan: Plan, shared_data: Path) -> None:
    real = replace(plan, data=shared_data)
    assert contracts(real, 3)[0].is_relative_to(shared_data)
    assert filings(real, 2)[0].is_relative_to(shared_data)
    assert len(questions(real, 300)) == 300
