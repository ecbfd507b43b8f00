"""Periods of filings have several names."""

import pytest

from averment.core.structure import FactField
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


REPORT = "REPORT PURSUANT TO SECTION 13 OR 15(d)\n"
NAMED = "(Exact name of registrant as specified in its charter)\n"
COVERS = [
    (f"FORM 10-K405\nANNUAL {REPORT}FOR THE FISCAL YEAR ENDED JUNE 30, 1997\nHALDEN CO., INC.\n-------\n{NAMED}",
     ("10-K405", "1997-06-30", "HALDEN CO., INC.", "1997-FY")),
    ("FORM 10-KSB\nANNUAL REPORT UNDER SECTION 13\nFor the fiscal year ended December 31, 2005\nHalden Small Inc.\n"
     "(Name of small business issuer in its charter)\n", ("10-KSB", "2005-12-31", "Halden Small Inc.", "2005-FY")),
    (f"Form 10-Q\nQUARTERLY {REPORT}For the thirteen weeks ended May 4, 2019\nHalden Stores, Inc.\n{NAMED}",
     ("10-Q", "2019-05-04", "Halden Stores, Inc.", "2019-Q1")),
    (f"FORM 10-K\nTRANSITION {REPORT}For the transition period from July 1, 2012 to December 31, 2012\nHalden "
     f"Inc.\n{NAMED}",
     ("10-K", "2012-12-31", "Halden Inc.", "2012-FY")),
    (f"FORM 8-K\nCURRENT {REPORT}Date of Report (Date of earliest event reported): March 5, 2021\nHalden plc\n{NAMED}",
     ("8-K", "2021-03-05", "Halden plc", None)),
    (f"FORM 10-Q\nQUARTERLY {REPORT}For Quarter Ended: September 30, 1996\n"
     "Exact name of registrant as specified in its charter:\nHALDEN GAS COMPANY\nState: Ohio\n",
     ("10-Q", "1996-09-30", "HALDEN GAS COMPANY", "1996-Q3")),
    (f"FORM 10-Q QUARTERLY {REPORT.strip()} For the quarterly period ended June 30, 2022 Commission File Number: "
     f"001-3674 "
     f"Halden Devices, Inc. {NAMED.strip()} Ohio", ("10-Q", "2022-06-30", "Halden Devices, Inc.", "2022-Q2")),
    (f"FORM 10-K/A\nANNUAL {REPORT}For the year ended: 12/31/2001\nThe Halden Company (An Ohio Corporation) 58-06\n"
     f"{NAMED}", ("10-K/A", "2001-12-31", "The Halden Company", "2001-FY")),
    ("FORM 6-K\nREPORT OF FOREIGN PRIVATE ISSUER\nFor the month of August 2024\nHalden Foods Ltd.\n(Translation of "
     "registrant’s name into English)\n", ("6-K", None, "Halden Foods Ltd.", None)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), COVERS)
def test_covers_of_many_kinds_are_read_with_their_places(
    text: str, expected: tuple[str, str | None, str, str | None]
) -> None:
    found = filing_facts(text, name="document")
    assert found is not None
    read = {fact.field: fact.value for fact in found.facts}
    fields = (FactField.FORM_TYPE, FactField.PERIOD_END, FactField.ISSUER, FactField.FISCAL_PERIOD)
    form, period, issuer, fiscal = (read.get(field) for field in fields)
    assert (form, period, (issuer or "").lower(), fiscal) == (
        expected[0],
        expected[1],
        expected[2].lower(),
        expected[3],
    )
    (place,) = (fact for fact in found.facts if fact.field is FactField.ISSUER)
    assert text[place.start : place.end].lower() == expected[2].lower()
