"""What a terminal shows of how a search was understood."""

from averment.cli.interpretation_text import interpretation_lines
from averment.core.interpretation import Interpretation, QuotedPhrase, Reranking, SurveyCoverage, Understood


def test_every_filter_is_shown_with_the_id_that_drops_it() -> None:
    understood = (Understood(id="document:d1", kind="filter", says="Lease Agreement"),)
    found = Interpretation(want="one", understood=understood, unmatched=("Brandt",), n_collapsed=2)
    assert list(interpretation_lines(found)) == [
        "  filter Lease Agreement  (--ignore document:d1)",
        "  no readable document is called Brandt",
        "  2 passages that repeat another one word for word are left out",
        "  not reranked: no reranker is configured",
    ]


def test_what_was_looked_at_is_said() -> None:
    def line(matched: int | None, *, is_exhaustive: bool) -> str:
        coverage = SurveyCoverage(
            documents_in_scope=90, documents_looked_at=60, documents_matched=matched, is_exhaustive=is_exhaustive
        )
        (found,) = interpretation_lines(
            Interpretation(want="list", survey=coverage, reranking=Reranking(status="not_applicable"))
        )
        return found.strip()

    assert line(7, is_exhaustive=True) == "looked at 60 of 90 documents, 7 match"
    assert line(None, is_exhaustive=False).endswith(
        "no rule can tell which match; narrow the filters to have all of them looked at"
    )


def test_what_is_quoted_is_shown_with_how_often_it_stands_there() -> None:
    phrases = (QuotedPhrase(text="best efforts", n_passages=3),)
    shown = list(interpretation_lines(Interpretation(want="one", phrases=phrases)))
    assert shown[0] == "  3 of the passages looked at hold 'best efforts' word for word"


def test_whether_it_was_reranked_is_shown() -> None:
    def lines(reranking: Reranking) -> list[str]:
        return list(interpretation_lines(Interpretation(want="one", reranking=reranking)))

    assert lines(Reranking()) == ["  not reranked: no reranker is configured"]
    assert lines(Reranking(status="done", n_passages=8, duration_s=0.05)) == [
        "  reranked: the best 8 passages, in 50 ms"
    ]
    assert "ran out" in lines(Reranking(status="out_of_time", duration_s=0.3))[0]
