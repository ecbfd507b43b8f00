"""Questions for dates are told from those for clauses, in English and German."""

import pytest

from averment.pipelines.reasoning.date_plans import DateQuestion, plan_dates


@pytest.mark.parametrize(
    ("question", "kind", "is_initial"),
    [
        ("What is the last day to give notice of non-renewal?", DateQuestion.NOTICE, False),
        ("By what date must notice be given to prevent the renewal?", DateQuestion.NOTICE, False),
        ("By when must Customer cancel so that the contract does not renew?", DateQuestion.NOTICE, False),
        ("What is the notice deadline?", DateQuestion.NOTICE, False),
        ("Bis wann muss der Vertrag gekündigt werden?", DateQuestion.NOTICE, False),
        ("Was ist der letzte Tag für eine Kündigung zum Ende der Laufzeit?", DateQuestion.NOTICE, False),
        ("When does the agreement expire?", DateQuestion.END, False),
        ("When will the initial term of the lease end?", DateQuestion.END, True),
        ("What is the expiration date of the contract?", DateQuestion.END, False),
        ("Wann endet der Mietvertrag?", DateQuestion.END, False),
    ],
)
def test_a_date_is_planned(question: str, kind: DateQuestion, is_initial: bool) -> None:
    plan = plan_dates(question)
    assert plan is not None
    assert (plan.kind, plan.is_initial) == (kind, is_initial)
    assert plan.is_required is (kind is not DateQuestion.END)


@pytest.mark.parametrize(
    ("question", "first", "second", "unit"),
    [
        ("How many days are between the effective date and the expiration date?", "effective", "end", "days"),
        (
            "How many months are between the date of the agreement and its effective date?",
            "made",
            "effective",
            "months",
        ),
        ("Wie viele Tage liegen zwischen dem Inkrafttreten und dem Ende des Vertrags?", "effective", "end", "days"),
    ],
)
def test_time_between_two_dates_is_planned(question: str, first: str, second: str, unit: str) -> None:
    plan = plan_dates(question)
    assert plan is not None
    assert (plan.kind, plan.first, plan.second, plan.unit) == (DateQuestion.BETWEEN, first, second, unit)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What is the date of the agreement?", "made"),
        ("When was this lease made?", "made"),
        ("On what date was the Supply Agreement between Halden and Opal entered into?", "made"),
        ("Wann wurde der Vertrag geschlossen?", "made"),
        ("On what date does the contract become effective?", "effective"),
        ("What is the effective date?", "effective"),
        ("What day is the effective date of this amendment?", "effective"),
        ("Wann tritt der Vertrag in Kraft?", "effective"),
        ("What notice period is required to terminate or prevent renewal?", "notice"),
        ("Welche Kündigungsfrist gilt zum Ende der Laufzeit?", "notice"),
    ],
)
def test_a_day_that_is_stated_is_planned(question: str, asked: str) -> None:
    plan = plan_dates(question)
    assert plan is not None
    assert (plan.kind, plan.first, plan.is_required) == (DateQuestion.STATED, asked, False)


@pytest.mark.parametrize(
    "question",
    [
        "What notice period applies to a breach?",
        "How many days' notice must be given?",
        "Does the agreement expire in 2027?",
        "When is rent due?",
        "How many days are between the first and the second delivery?",
        "What is the effective date of the termination?",
        "When does the price increase take effect?",
        "What is the date of the invoice?",
        "Who signed the agreement?",
        "Is the agreement effective?",
        "May either party terminate at the end of the term?",
        "Wie lang ist die Kündigungsfrist?",
    ],
)
def test_other_questions_have_no_plan(question: str) -> None:
    assert plan_dates(question) is None
