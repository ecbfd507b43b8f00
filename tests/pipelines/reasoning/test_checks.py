"""The guards block changed numbers, dates, durations, names, negations, sources and places."""

import random
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from averment.core.answers import Calculation, Check, Citation, Operand, Verdict
from averment.core.ids import text_hash
from averment.pipelines.reasoning.checks import Evidence, check_quotes, check_statement, check_value, verdict
from averment.pipelines.reasoning.compute import calculate
from averment.pipelines.reasoning.writer import calculation_sentence, common_scale

TEXT = (
    "Larkspur Tools Inc. shall not assign this Agreement without the prior written consent of Northwind Estates GmbH. "
    "Either party may terminate upon thirty (30) days written notice. The rent of $12,500.00 is due on April 1, 2021. "
    "The interest rate is 4.5% and the cap is $3 million.\n\nGOVERNING LAW\n\nThe laws of Delaware apply."
)
HASH = text_hash(TEXT)


def cite(part: str, document_id: str = "lease") -> Citation:
    start = TEXT.index(part)
    return Citation(
        document_id=document_id,
        text_hash=HASH,
        source_uri="file:///lease",
        title="Lease",
        start=start,
        end=start + len(part),
        quote=part,
    )


SENTENCES = [part for part in re.split(r"(?<=[a-zH%][.])\s", TEXT) if part]
ALL = Evidence(
    citations=(cite(TEXT.split("\n\n", maxsplit=1)[0]),),
    known_names=("Master Lease Agreement",),
    documents=frozenset({"lease"}),
)


def failed(text: str, evidence: Evidence = ALL) -> set[str]:
    return {check.name for check in check_statement(text, evidence) if not check.passed}


@pytest.mark.parametrize(
    "statement",
    [
        "Larkspur Tools Inc. shall not assign this Agreement without the consent of Northwind Estates GmbH.",
        "Either party may terminate upon 30 days written notice.",
        "The rent of $12,500 is due on 2021-04-01.",
        "The interest rate is 4.5 percent and the cap is $3,000,000.",
    ],
)
def test_what_the_quotes_say_passes(statement: str) -> None:
    assert failed(statement) == set()


@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("Larkspur Tools Inc. may assign this Agreement with the consent of Northwind Estates GmbH.", "negation"),
        ("Either party may not terminate upon thirty days written notice.", "negation"),
        ("Either party may terminate upon thirty (60) days written notice.", "durations"),
        ("Either party may terminate upon 30 months written notice.", "durations"),
        ("Either party may terminate upon thirty business days written notice.", "durations"),
        ("The rent of $12,500.01 is due on April 1, 2021.", "numbers"),
        ("The rent of $12,500 thousand is due on April 1, 2021.", "numbers"),
        ("The rent of €12,500.00 is due on April 1, 2021.", "numbers"),
        ("The rent of $(12,500.00) is due on April 1, 2021.", "numbers"),
        ("The interest rate is 4.5 million and the cap is $3 million.", "numbers"),
        ("The interest rate is 5.4% and the cap is $3 million.", "numbers"),
        ("The cap is $3 billion.", "numbers"),
        ("The interest rate is five percent.", "numbers"),
        ("The rent of $12,500.00 is due on April 2, 2021.", "dates"),
        ("The rent of $12,500.00 is due on 2022-04-01.", "dates"),
        ("The rent is due to Copper Valley on April 1, 2021.", "names"),
        ("Bluebird Tools Inc. shall not assign this Agreement without consent.", "names"),
        ("Either party may terminate upon written notice at https://example.org.", "links"),
        ("The tenant enjoys unlimited parking whenever wished.", "coverage"),
    ],
)
def test_a_change_is_blocked_by_its_guard(statement: str, guard: str) -> None:
    assert guard in failed(statement)
    assert verdict(check_statement(statement, ALL)) is not Verdict.SUPPORTED


def test_a_dropped_not_is_blocked_in_german_too() -> None:
    quote = "Der Mieter darf die Wohnung nicht untervermieten."
    evidence = Evidence(citations=(replace(cite(SENTENCES[0]), quote=quote),), documents=frozenset({"lease"}))
    assert "negation" in failed("Der Mieter darf die Wohnung untervermieten.", evidence)
    assert failed("Der Mieter darf die Wohnung nicht untervermieten.", evidence) == set()


@pytest.mark.parametrize("seed", range(40))
def test_a_changed_digit_anywhere_is_blocked(seed: int) -> None:
    rng = random.Random(seed)
    statement = "The rent of $12,500.00 is due on April 1, 2021 and the rate is 4.5% with a cap of $3 million."
    places = [match.start() for match in re.finditer(r"[1-9]", statement)]
    place = rng.choice(places)
    digit = rng.choice([d for d in "123456789" if d != statement[place]])
    changed = f"{statement[:place]}{digit}{statement[place + 1 :]}"
    assert failed(statement) == set()
    assert failed(changed) & {"numbers", "dates"}, changed


def names_of(checks: tuple[Check, ...]) -> set[str]:
    return {check.name for check in checks if not check.passed}


def test_quotes_are_the_canonical_text_at_their_place() -> None:
    good = cite("The laws of Delaware apply.")
    evidence = Evidence(citations=(good,), documents=frozenset({"lease"}))
    assert names_of(check_quotes(evidence, {HASH: TEXT})) == set()
    for bad in (
        replace(good, quote="The laws of Nevada apply.  "),
        replace(good, start=good.start + 1, end=good.end + 1),
        replace(good, text_hash="sha256:other"),
        replace(good, quote="", end=good.start),
    ):
        assert "verbatim" in names_of(check_quotes(replace(evidence, citations=(bad,)), {HASH: TEXT}))


def test_a_heading_alone_and_a_document_out_of_scope_are_no_anchors() -> None:
    heading = Evidence(citations=(cite("GOVERNING LAW"),), documents=frozenset({"lease"}))
    assert names_of(check_quotes(heading, {HASH: TEXT})) == {"anchor"}
    foreign = Evidence(citations=(cite("The laws of Delaware apply.", "other"),), documents=frozenset({"lease"}))
    assert names_of(check_quotes(foreign, {HASH: TEXT})) == {"document"}
    nothing = Evidence(citations=(), documents=frozenset({"lease"}))
    assert "verbatim" in names_of(check_quotes(nothing, {HASH: TEXT}))


CELLS = "Net sales 2019 1,200 2018 1,000"
CELLS_HASH = text_hash(CELLS)


def operand(name: str, printed: str, period: str) -> Operand:
    start = CELLS.index(printed)
    return Operand(
        name=name,
        label="Net sales",
        value=Decimal(printed.replace(",", "")),
        unit="USD",
        scale=1_000_000,
        period=period,
        citation=Citation(
            document_id="d",
            text_hash=CELLS_HASH,
            source_uri="u",
            title="",
            start=start,
            end=start + len(printed),
            quote=printed,
        ),
    )


def calculation() -> Calculation:
    return calculate("c1 - c2", [operand("c1", "1,200", "2019"), operand("c2", "1,000", "2018")])


def evidence_of(result: Calculation) -> Evidence:
    return Evidence(citations=(), calculation=result, documents=frozenset({"d"}))


def test_a_template_sentence_holds_and_each_mutation_of_it_is_blocked() -> None:
    result = calculation()
    evidence = evidence_of(result)
    sentence = calculation_sentence(
        result, common_scale(result), evidence=evidence, texts={CELLS_HASH: CELLS}, language="en"
    )
    assert sentence.claim is not None
    assert sentence.claim.verdict is Verdict.SUPPORTED
    assert "200 million USD" in sentence.text
    for old, new in (
        ("= 200 million", "= 201 million"),
        ("= 200 million", "= 200 thousand"),
        ("= 200 million", "= -200 million"),
        ("1,200 million", "1,2000 million"),
        ("1,000 million", "1,000 billion"),
    ):
        changed = sentence.text.replace(old, new)
        assert changed != sentence.text
        assert "numbers" in names_of(check_value(changed, evidence)), changed


def test_an_operand_that_its_cell_does_not_print_is_blocked() -> None:
    wrong = replace(operand("c1", "1,200", "2019"), value=Decimal(1201))
    result = calculate("c1 - c2", [wrong, operand("c2", "1,000", "2018")])
    assert "operands" in names_of(check_value("", evidence_of(result)))


def test_verdicts() -> None:
    assert verdict([Check(name="numbers", passed=True)]) is Verdict.SUPPORTED
    assert verdict([Check(name="numbers", passed=False)]) is Verdict.CONTRADICTED
    assert verdict([Check(name="coverage", passed=False)]) is Verdict.UNVERIFIED


@pytest.mark.parametrize(
    ("statement", "quote", "holds"),
    [
        ("The information is only technical data.", "The information means technical data and price lists.", False),
        ("The information is solely technical data.", "including, but not limited to, technical data", False),
        ("The information is solely technical data.", "The information is limited to technical data.", True),
        ("Only the tenant may terminate.", "No one other than the tenant may terminate.", True),
        ("Only the tenant may terminate.", "The sole right to terminate is that of the tenant.", True),
        ("The tenant may terminate.", "Only the tenant may terminate.", True),
        ("Nur der Mieter darf kündigen.", "Der Mieter und der Vermieter dürfen kündigen.", False),
        ("Nur der Mieter darf kündigen.", "Ausschließlich der Mieter darf kündigen.", True),
    ],
)
def test_what_is_only_so_needs_a_limit_in_its_quotes(statement: str, quote: str, holds: bool) -> None:
    evidence = replace(ALL, citations=(replace(cite("GOVERNING LAW"), quote=quote),))
    assert ("limits" not in failed(statement, evidence)) is holds


def test_a_check_that_says_nothing_leaves_a_claim_unverified() -> None:
    assert verdict([Check(name="entailment", passed=False, detail="neutral")]) is Verdict.UNVERIFIED
    assert verdict([Check(name="entailment", passed=False, detail="contradiction")]) is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    "statement",
    [
        "The tenant shall not, within ten days, approve the proposal.",
        "The tenant shall not also approve the proposal within ten days.",
    ],
)
def test_what_stands_between_a_negation_and_its_verb_does_not_hide_it(statement: str) -> None:
    quote = "The tenant shall, within ten days, approve the proposal."
    assert "negation" in failed(statement, replace(ALL, citations=(replace(cite("GOVERNING LAW"), quote=quote),)))
    assert "negation" not in failed(
        statement, replace(ALL, citations=(replace(cite("GOVERNING LAW"), quote=statement),))
    )
