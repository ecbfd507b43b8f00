"""The numbers of the sample quarterly report: inputs by quarter, and everything that follows from them.

All amounts are whole thousands of US dollars (shares: thousands). The balance sheets are rolled forward from one
opening balance by the flows of each period, so that they balance and the cash flow ends at the cash on the sheet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import yaml

SEGMENTS = ("process_sensing", "analytical_systems", "lifecycle_services")
REGIONS = ("americas", "emea", "asia_pacific")
PERIODS = ("q1_25", "q2_25", "h2_25", "q1_26", "q2_26")
INSTANTS = ("2024-12-31", "2025-03-31", "2025-06-30", "2025-12-31", "2026-03-31", "2026-06-30")
_ASSETS = (
    "cash",
    "short_term_investments",
    "receivables",
    "inventories",
    "prepaid",
    "property_net",
    "lease_assets",
    "goodwill",
    "intangibles_net",
    "deferred_tax_assets",
    "other_assets",
)
_LIABILITIES = (
    "payables",
    "accrued_pay",
    "deferred_revenue",
    "current_debt",
    "other_accrued",
    "long_term_debt",
    "lease_liabilities",
    "deferred_revenue_long",
    "other_liabilities",
)
_EQUITY = ("common_stock", "paid_in", "other_comprehensive", "retained_earnings")

Amounts = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Every amount of the report: `flows[period][name]`, `balances[day][name]`, and the notes' own tables."""

    flows: Mapping[str, Amounts]
    balances: Mapping[str, Amounts]
    revenue: Mapping[str, Mapping[str, Mapping[str, int]]]
    notes: Mapping[str, Mapping[str, Mapping[str, int]]]


def load_figures(path: Path) -> Figures:
    """Read the inputs from YAML, derive all totals and roll the balance sheet forward; raise if it does not balance."""
    source = yaml.safe_load(path.read_text("utf-8"))
    flows: dict[str, Amounts] = {period: dict(source["flows"][period]) for period in PERIODS}
    revenue: dict[str, dict[str, dict[str, int]]] = source["revenue"]
    for period, matrix in revenue.items():
        flows[period]["revenue"] = sum(sum(row.values()) for row in matrix.values())
    for amounts in flows.values():
        _derive_income(amounts)
    for period, first, second in (("h1_25", "q1_25", "q2_25"), ("h1_26", "q1_26", "q2_26")):
        flows[period] = {name: flows[first][name] + flows[second][name] for name in flows[first]}
        flows[period].update(source["half_year_shares"][period])
        revenue[period] = {
            segment: {region: revenue[first][segment][region] + revenue[second][segment][region] for region in REGIONS}
            for segment in SEGMENTS
        }
    balances = _roll_forward(source["opening"], flows)
    figures = Figures(flows=flows, balances=balances, revenue=revenue, notes=source["notes"])
    _check(figures)
    return figures


def _derive_income(a: Amounts) -> None:
    """Complete the income statement and the cash flow of one period in place."""
    a["product_revenue"] = a["revenue"] - a["service_revenue"]
    a["cost_of_revenue"] = a["cost_of_products"] + a["cost_of_services"]
    a["gross_profit"] = a["revenue"] - a["cost_of_revenue"]
    a["operating_expenses"] = _sum(a, "research", "selling", "administrative", "amortization", "restructuring")
    a["operating_income"] = a["gross_profit"] - a["operating_expenses"]
    a["other_total"] = a["interest_income"] - a["interest_expense"] + a["other_net"]
    a["pretax_income"] = a["operating_income"] + a["other_total"]
    a["net_income"] = a["pretax_income"] - a["income_tax"]
    a["share_based"] = _sum(a, "sbc_cost", "sbc_research", "sbc_selling", "sbc_administrative")
    a["segment_total"] = a["operating_income"] + _sum(a, "corporate", "amortization", "restructuring", "share_based")
    named_segments = a["segment_process_sensing"] + a["segment_analytical_systems"]
    a["segment_lifecycle_services"] = a["segment_total"] - named_segments
    a["comprehensive_other"] = a["translation"] + a["hedges"]
    a["comprehensive_income"] = a["net_income"] + a["comprehensive_other"]
    a["working_capital"] = _sum(
        a, "d_receivables", "d_inventories", "d_prepaid", "d_payables", "d_accrued", "d_deferred_revenue", "d_lease"
    )
    a["adjustments"] = a["depreciation"] + a["amortization"] + a["share_based"] + a["deferred_tax"] + a["lease_expense"]
    a["operating_cash"] = a["net_income"] + a["adjustments"] + a["working_capital"]
    a["investing_cash"] = _sum(a, "capital_spending", "investments_bought", "investments_matured", "acquisition")
    a["financing_cash"] = _sum(a, "debt_repaid", "shares_issued", "shares_withheld", "shares_repurchased", "dividends")
    a["cash_change"] = a["operating_cash"] + a["investing_cash"] + a["financing_cash"] + a["fx_cash"]
    a["free_cash_flow"] = a["operating_cash"] + a["capital_spending"]


def _sum(amounts: Amounts, *names: str) -> int:
    return sum(amounts[name] for name in names)


def _roll_forward(opening: Amounts, flows: Mapping[str, Amounts]) -> dict[str, Amounts]:
    first = dict(opening)
    first["retained_earnings"] = (
        sum(first[name] for name in _ASSETS)
        - sum(first[name] for name in _LIABILITIES)
        - sum(first[name] for name in ("common_stock", "paid_in", "other_comprehensive"))
    )
    balances = {INSTANTS[0]: first}
    for period, before, after in zip(PERIODS, INSTANTS, INSTANTS[1:], strict=False):
        balances[after] = _after(balances[before], flows[period])
    for amounts in balances.values():
        _derive_totals(amounts)
    return balances


def _after(start: Amounts, a: Amounts) -> Amounts:
    end = {name: start[name] for name in (*_ASSETS, *_LIABILITIES, *_EQUITY)}
    end["cash"] += a["cash_change"]
    end["short_term_investments"] -= a["investments_bought"] + a["investments_matured"]
    end["receivables"] -= a["d_receivables"]
    end["inventories"] -= a["d_inventories"]
    end["prepaid"] += a["hedges"] - a["d_prepaid"]
    end["property_net"] -= a["capital_spending"] + a["depreciation"]
    end["lease_assets"] -= a["lease_expense"]
    end["goodwill"] += a["acquired_goodwill"] + a["translation"] - a["fx_cash"]
    end["intangibles_net"] += -a["acquisition"] - a["acquired_goodwill"] - a["amortization"]
    end["deferred_tax_assets"] -= a["deferred_tax"]
    end["payables"] += a["d_payables"]
    end["accrued_pay"] += a["d_accrued_pay"]
    end["other_accrued"] += a["d_accrued"] - a["d_accrued_pay"]
    end["deferred_revenue"] += a["d_deferred_revenue"] - a["d_deferred_revenue_long"]
    end["deferred_revenue_long"] += a["d_deferred_revenue_long"]
    end["lease_liabilities"] += a["d_lease"]
    end["current_debt"] += a["debt_reclassified"] + a["debt_repaid"]
    end["long_term_debt"] -= a["debt_reclassified"]
    end["paid_in"] += a["share_based"] + a["shares_issued"] + a["shares_withheld"]
    end["retained_earnings"] += a["net_income"] + a["dividends"] + a["shares_repurchased"]
    end["other_comprehensive"] += a["comprehensive_other"]
    return end


def _derive_totals(b: Amounts) -> None:
    b["current_assets"] = sum(b[n] for n in _ASSETS[:5])
    b["assets"] = sum(b[n] for n in _ASSETS)
    b["current_liabilities"] = sum(b[n] for n in _LIABILITIES[:5])
    b["liabilities"] = sum(b[n] for n in _LIABILITIES)
    b["equity"] = sum(b[n] for n in _EQUITY)
    b["liabilities_and_equity"] = b["liabilities"] + b["equity"]


def _check(figures: Figures) -> None:
    """Raise ValueError where a balance sheet or a note does not add up."""
    for what, total, expected in _sums(figures):
        if total != expected:
            raise ValueError(f"{what} is {total}, expected {expected}: correct the inputs in figures.yaml")


def _sums(figures: Figures) -> Iterator[tuple[str, int, int]]:
    """Yield what is summed, the sum, and the total that the statements show."""
    notes, balances = figures.notes, figures.balances
    for day, sheet in balances.items():
        yield f"total assets of {day}", sheet["assets"], sheet["liabilities_and_equity"]
    for name in ("inventories", "property_net", "intangibles_net"):
        for day, parts in notes[name].items():
            yield f"note {name} of {day}", sum(parts.values()), balances[day][name]
    end = balances[INSTANTS[-1]]
    goodwill = sum(sum(parts.values()) for parts in notes["goodwill"].values())
    yield "note goodwill", goodwill, end["goodwill"]
    charges = sum(parts["charges"] for parts in notes["restructuring"].values())
    yield "note restructuring", charges, figures.flows["h1_26"]["restructuring"]
    for name, total in (
        ("amortization_ahead", end["intangibles_net"]),
        ("debt_maturities", end["current_debt"] + end["long_term_debt"]),
        ("lease_payments", end["lease_liabilities"]),
    ):
        yield f"note {name}", sum(notes[name]["amounts"].values()), total
    for period, first, last in (("h1_26", "2025-12-31", "2026-06-30"), ("h1_25", "2024-12-31", "2025-06-30")):
        held = [balances[day]["deferred_revenue"] + balances[day]["deferred_revenue_long"] for day in (first, last)]
        change = sum(notes["contract_liabilities"][period].values())
        yield f"note contract_liabilities of {period}", held[0] + change, held[1]


def per_share(amount: int, shares: int) -> Decimal:
    """Return `amount / shares` rounded half up to cents (both in thousands)."""
    return (Decimal(amount) / Decimal(shares)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def change_percent(now: int, before: int) -> Decimal:
    """Return the growth from `before` to `now` in per cent, rounded half up to one place."""
    return (Decimal(now - before) * 100 / Decimal(before)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
