"""Words share stems where wordings share a meaning; rare words weigh more."""

from averment.pipelines.reasoning.words import coverage, rarity, stem, stems


def test_wordings_of_one_thing_share_stems() -> None:
    assert stems("The terminations of agreements") == stems("termination agreement")
    assert stem("tax") == "tax"


def test_function_words_are_left_out_but_other_is_not() -> None:
    assert stems("what is the of and") == []
    assert stems("other liabilities") != stems("liabilities")


def test_a_rare_word_weighs_more_and_coverage_is_a_share() -> None:
    texts = [{"law", "state"}, {"law"}, {"law", "rent"}]
    weights = rarity(texts, ["law", "rent"])
    assert weights["rent"] > weights["law"] > 0
    assert coverage(weights, ["law", "rent"]) == 1.0
    assert coverage(weights, []) == 0.0
    assert coverage({}, ["law"]) == 0.0
