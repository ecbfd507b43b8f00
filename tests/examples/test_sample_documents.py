"""The samples are what `examples/questions.yaml` says of them, and the statements of the report add up."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
_DOCUMENTS = _EXAMPLES / "documents"
_IX = "{http://www.xbrl.org/2013/inlineXBRL}"
_SCAN = "warehouse-lease-scan.pdf"


def _questions() -> list[dict[str, Any]]:
    loaded = yaml.safe_load((_EXAMPLES / "questions.yaml").read_text("utf-8"))
    questions: list[dict[str, Any]] = loaded["questions"]
    assert set(loaded["demo"]) <= {question["id"] for question in questions}
    return questions


def _pages(name: str) -> list[str]:
    if name == _SCAN:
        # The scan has no text: its source stands for what is printed on it.
        source = (_EXAMPLES / "source/contracts/warehouse-lease-scan.md").read_text("utf-8")
        return [re.sub(r"\s+", " ", source)]
    if name.endswith(".html"):
        root = ElementTree.fromstring((_DOCUMENTS / name).read_bytes())
        return [re.sub(r"\s+", " ", " ".join(root.itertext()))]
    if name.endswith(".docx"):
        import docx

        document = docx.Document(str(_DOCUMENTS / name))
        texts = [paragraph.text for paragraph in document.paragraphs]
        texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return [re.sub(r"\s+", " ", " ".join(texts))]
    import pypdfium2

    pdf = pypdfium2.PdfDocument(_DOCUMENTS / name)
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in pdf]


@pytest.mark.parametrize("question", _questions(), ids=lambda question: str(question["id"]))
def test_the_expected_answer_stands_in_the_document(question: dict[str, Any]) -> None:
    expect = question["expect"]
    for name in expect.get("document", []):
        pages = _pages(name)
        wanted = [expect["quote_contains"]] if "quote_contains" in expect else expect["operands"]
        for words in wanted:
            assert any(words in page for page in pages), (name, words)
            if "page" in expect:
                assert words in pages[expect["page"] - 1], (name, words)


def test_computed_answers_follow_from_their_operands() -> None:
    computed = [question["expect"] for question in _questions() if question["type"] in {"difference", "growth"}]
    assert computed
    for expect in computed:
        now, before = (Decimal(number.replace(",", "")) for number in expect["operands"])
        value = (now - before) * 1000 if expect["unit"] == "USD" else (now - before) * 100 / before
        assert abs(value - Decimal(expect["value"])) <= Decimal(expect["tolerance"])


def _facts() -> dict[tuple[str, str], Decimal]:
    root = ElementTree.fromstring((_DOCUMENTS / "quarterly-report-2026q2.html").read_bytes())
    facts: dict[tuple[str, str], Decimal] = {}
    for element in root.iter(f"{_IX}nonFraction"):
        text = (element.text or "").replace(",", "").replace("—", "0")
        value = Decimal(text).scaleb(int(element.get("scale", "0"))) * (-1 if element.get("sign") == "-" else 1)
        key = (element.get("name", ""), element.get("contextRef", ""))
        assert facts.setdefault(key, value) == value, f"{key} is reported with two values"
    return facts


@pytest.mark.parametrize("day", ["2026-06-30", "2025-12-31"])
def test_the_balance_sheet_balances(day: str) -> None:
    facts = _facts()

    def at(name: str) -> Decimal:
        return facts[f"us-gaap:{name}", f"c-{day}"]

    assert at("Assets") == at("LiabilitiesAndStockholdersEquity") == at("Liabilities") + at("StockholdersEquity")
    noncurrent = (
        "PropertyPlantAndEquipmentNet",
        "OperatingLeaseRightOfUseAsset",
        "Goodwill",
        "IntangibleAssetsNetExcludingGoodwill",
        "DeferredIncomeTaxAssetsNet",
        "OtherAssetsNoncurrent",
    )
    assert at("Assets") == at("AssetsCurrent") + sum(at(name) for name in noncurrent)


@pytest.mark.parametrize(
    ("period", "start", "end"), [("h1-26", "2025-12-31", "2026-06-30"), ("h1-25", "2024-12-31", "2025-06-30")]
)
def test_the_cash_flows_end_at_the_cash_of_the_balance_sheet(period: str, start: str, end: str) -> None:
    facts = _facts()
    cash = "us-gaap:CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents"
    flows = [
        facts[f"us-gaap:NetCashProvidedByUsedIn{kind}Activities", f"c-{period}"]
        for kind in ("Operating", "Investing", "Financing")
    ]
    exchange = facts[
        "us-gaap:EffectOfExchangeRateOnCashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents", f"c-{period}"
    ]
    assert facts[cash, f"c-{start}"] + sum(flows) + exchange == facts[cash, f"c-{end}"]


@pytest.mark.parametrize("period", ["q2-26", "q2-25", "h1-26", "h1-25"])
def test_revenue_by_segment_and_region_adds_up_to_net_income(period: str) -> None:
    facts = _facts()
    revenue = "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax"
    total = facts[revenue, f"c-{period}"]
    cells = [
        facts[revenue, f"c-{period}-{segment}-{region}"]
        for segment in ("process-sensing", "analytical-systems", "lifecycle-services")
        for region in ("americas", "emea", "asia-pacific")
    ]
    assert sum(cells) == total
    assert facts[revenue, f"c-{period}-product"] + facts[revenue, f"c-{period}-service"] == total

    def at(name: str) -> Decimal:
        return facts[f"us-gaap:{name}", f"c-{period}"]

    assert at("OperatingIncomeLoss") == total - at("CostOfRevenue") - at("OperatingExpenses")
    other = at("InvestmentIncomeInterest") - at("InterestExpense") + at("OtherNonoperatingIncomeExpense")
    assert at("NetIncomeLoss") == at("OperatingIncomeLoss") + other - at("IncomeTaxExpenseBenefit")


def test_the_scan_has_page_images_and_no_text() -> None:
    import pypdfium2

    pdf = pypdfium2.PdfDocument(_DOCUMENTS / _SCAN)
    assert len(pdf) >= 10
    assert not any(page.get_textpage().get_text_range().strip() for page in pdf)


def test_the_samples_stay_small() -> None:
    assert sum(path.stat().st_size for path in _EXAMPLES.rglob("*") if path.is_file()) < 6_000_000
