"""What a terminal shows of how a search was understood."""

from averment.cli.interpretation_text import interpretation_lines
from averment.core.interpretation import Interpretation, Reranking, SurveyCoverage, Understood


def test_every_filter_is_shown_with_the_id_that_drops_it() -> None:
    understood = (Understood(id="document:d1", kind="filter", says="Lease Agreement"),)
    found = Interpretation(want="one", understood=understood, unmatched=("Brandt",), n_collapsed=2)
    assert list(interpretation_lines(found)) == [
        "  filter Lease Agreement  (--ignore document:d1)",
        "  no readable document is called Brandt",
        "  2 passages that repeat another one word for word are left out",
    ]


def test_what_was_looked_at_is_said() -> None:
    def line(matched: int | None, *, is_exhaustive: bool) -> str:
        coverage = SurveyCoverage(
            documents_in_scope=90, documents_looked_at=60, documents_matched=matched, is_exhaustive=is_exhaustive
        )
        (found,) = interpretation_lines(Interpretation(want="list", survey=coverage))
        return found.strip()

    assert line(7, is_exhaustive=True) == "looked at 60 of 90 documents, 7 match"
    assert line(None, is_exhaustive=False).endswith(
        "no rule can tell which match; narrow the filters to have all of them looked at"
    )


def test_reranking_is_shown_where_there_is_a_reranker() -> None:
    def lines(reranking: Reranking) -> list[str]:
        return list(interpretation_lines(Interpretation(want="one", reranking=reranking)))

    assert lines(Reranking()) == []
    assert lines(Reranking(status="done", n_passages=8, duration_s=0.05)) == [
        "  reranked: the best 8 passages, in 50 ms"
    ]
    assert "ran out" in lines(Reranking(status="out_of_time", duration_s=0.3))[0]
