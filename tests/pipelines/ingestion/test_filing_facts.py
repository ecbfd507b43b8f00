"""Periods of filings have several names."""

from averment.pipelines.ingestion.filing_facts import filing_facts, quarter_labels, year_labels


def cover(form: str, ended: str, body: str = "") -> str:
    return (
        f"FORM {form}\n{'ANNUAL' if 'K' in form else 'QUARTERLY'} REPORT PURSUANT TO SECTION 13\n"
        f"For the {'fiscal year' if 'K' in form else 'quarterly period'} ended {ended}\n"
        f"ACME CORPORATION\n(Exact name of registrant as specified in its charter)\n{body}"
    )


def test_quarters_are_named_by_the_issuer_the_calendar_and_the_file() -> None:
    body = (
        "In the first quarter of fiscal year 2024 sales rose. " * 3 + "In the first quarter of fiscal year 2023 less."
    )
    found = filing_facts(cover("10-Q", "April 30, 2023", body), name="acme_2023q1.pdf")
    assert found is not None
    assert found.labels == ("2023-Q1", "2024-Q1")
    assert found.period_end == "2023-04-30"
    assert found.issuer == "Acme Corporation"


def test_the_calendar_quarter_is_the_one_that_holds_most_of_it() -> None:
    found = filing_facts(cover("10-Q", "December 31, 2022", "first quarter of 2023 " * 3), name="x")
    assert found is not None
    assert found.labels == ("2023-Q1", "2022-Q4")


def test_a_year_that_ends_in_january_may_bear_the_number_before() -> None:
    early = filing_facts(cover("10-K", "January 28, 2024", "fiscal 2023 " * 5 + "fiscal 2024"), name="x")
    late = filing_facts(cover("10-K", "September 28, 2024", "fiscal 2023 " * 5), name="x")
    assert early is not None and early.labels == ("2023-FY",)
    assert late is not None and late.labels == ("2024-FY",)


def test_a_text_that_is_no_report_has_no_such_facts() -> None:
    assert filing_facts("We will file a Form 10-K one day.", name="x") is None


def test_labels_of_questions() -> None:
    assert list(quarter_labels("Q3 2023, third quarter of fiscal 2022, 2021Q4")) == ["2022-Q3", "2023-Q3", "2021-Q4"]
    assert list(year_labels("fiscal 2024 and FY2023")) == ["2024-FY", "2023-FY"]
