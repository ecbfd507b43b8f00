"""Inline-XBRL tags of the sample report: contexts, units, and the hidden header (Inline XBRL 1.1)."""

import html
from dataclasses import dataclass, field
from decimal import Decimal

from sample_documents.filing_values import PERIOD_DAYS, Number

CIK = "0009990417"
NAMESPACES = {
    "": "http://www.w3.org/1999/xhtml",
    "ix": "http://www.xbrl.org/2013/inlineXBRL",
    "ixt": "http://www.xbrl.org/inlineXBRL/transformation/2020-02-12",
    "xbrli": "http://www.xbrl.org/2003/instance",
    "xbrldi": "http://xbrl.org/2006/xbrldi",
    "link": "http://www.xbrl.org/2003/linkbase",
    "xlink": "http://www.w3.org/1999/xlink",
    "iso4217": "http://www.xbrl.org/2003/iso4217",
    "us-gaap": "http://fasb.org/us-gaap/2025",
    "srt": "http://fasb.org/srt/2025",
    "dei": "http://xbrl.sec.gov/dei/2025",
    "mgi": "http://marrowgate.example/20260630",
}
_SEGMENT_AXIS = "us-gaap:StatementBusinessSegmentsAxis"
_REGION_AXIS = "srt:StatementGeographicalAxis"
_PRODUCT_AXIS = "srt:ProductOrServiceAxis"
_EQUITY_AXIS = "us-gaap:StatementEquityComponentsAxis"
_PROPERTY_AXIS = "us-gaap:PropertyPlantAndEquipmentByTypeAxis"
_INTANGIBLE_AXIS = "us-gaap:FiniteLivedIntangibleAssetsByMajorClassAxis"
_LINE_AXIS = "us-gaap:IncomeStatementLocationAxis"
_RESTRUCTURING_AXIS = "us-gaap:RestructuringCostAndReserveAxis"
_MEMBERS = {
    "product": (_PRODUCT_AXIS, "us-gaap:ProductMember"),
    "service": (_PRODUCT_AXIS, "us-gaap:ServiceMember"),
    "process_sensing": (_SEGMENT_AXIS, "mgi:ProcessSensingMember"),
    "analytical_systems": (_SEGMENT_AXIS, "mgi:AnalyticalSystemsMember"),
    "lifecycle_services": (_SEGMENT_AXIS, "mgi:LifecycleServicesMember"),
    "americas": (_REGION_AXIS, "srt:AmericasMember"),
    "emea": (_REGION_AXIS, "us-gaap:EMEAMember"),
    "asia_pacific": (_REGION_AXIS, "srt:AsiaPacificMember"),
    "common": (_EQUITY_AXIS, "us-gaap:CommonStockMember"),
    "paid_in": (_EQUITY_AXIS, "us-gaap:AdditionalPaidInCapitalMember"),
    "aoci": (_EQUITY_AXIS, "us-gaap:AccumulatedOtherComprehensiveIncomeMember"),
    "retained": (_EQUITY_AXIS, "us-gaap:RetainedEarningsMember"),
    "buildings": (_PROPERTY_AXIS, "us-gaap:LandAndBuildingMember"),
    "machinery": (_PROPERTY_AXIS, "us-gaap:MachineryAndEquipmentMember"),
    "computing": (_PROPERTY_AXIS, "us-gaap:ComputerEquipmentMember"),
    "in_progress": (_PROPERTY_AXIS, "us-gaap:ConstructionInProgressMember"),
    "technology": (_INTANGIBLE_AXIS, "us-gaap:DevelopedTechnologyRightsMember"),
    "customers": (_INTANGIBLE_AXIS, "us-gaap:CustomerRelationshipsMember"),
    "names": (_INTANGIBLE_AXIS, "us-gaap:TradeNamesMember"),
    "cost_of_revenue": (_LINE_AXIS, "us-gaap:CostOfSalesMember"),
    "research": (_LINE_AXIS, "us-gaap:ResearchAndDevelopmentExpenseMember"),
    "selling": (_LINE_AXIS, "us-gaap:SellingAndMarketingExpenseMember"),
    "administrative": (_LINE_AXIS, "us-gaap:GeneralAndAdministrativeExpenseMember"),
    "severance": (_RESTRUCTURING_AXIS, "us-gaap:EmployeeSeveranceMember"),
    "facilities": (_RESTRUCTURING_AXIS, "us-gaap:FacilityClosingMember"),
}
_UNITS = (
    '<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>'
    '<xbrli:unit id="shares"><xbrli:measure>xbrli:shares</xbrli:measure></xbrli:unit>'
    '<xbrli:unit id="usdPerShare"><xbrli:divide><xbrli:unitNumerator><xbrli:measure>iso4217:USD</xbrli:measure>'
    "</xbrli:unitNumerator><xbrli:unitDenominator><xbrli:measure>xbrli:shares</xbrli:measure>"
    "</xbrli:unitDenominator></xbrli:divide></xbrli:unit>"
)


@dataclass(slots=True)
class Tagger:
    """Write tags when `is_on`, else plain text; remember the contexts that were used, in order of first use."""

    is_on: bool
    _contexts: dict[str, str] = field(default_factory=dict)
    _n_facts: int = 0

    def number(self, shown: str, value: Number, *, concept: str, column: str, unit: str) -> str:
        """Return `shown` as a tagged number; `value` is the signed value in the printed scale."""
        if not self.is_on or not concept:
            return shown
        name, _, members = concept.partition("|")
        scale, decimals = ("0", "2") if unit == "usdPerShare" else ("3", "-3")
        sign = ' sign="-"' if value < 0 else ""
        form = "ixt:fixed-zero" if value == 0 else "ixt:num-dot-decimal"
        return (
            f'<ix:nonFraction name="{name}" contextRef="{self._context(column, members)}" unitRef="{unit}" '
            f'decimals="{decimals}" scale="{scale}" format="{form}"{sign} id="{self._next_id()}">{shown}'
            "</ix:nonFraction>"
        )

    def text(self, name: str, shown: str, column: str = "h1_26", form: str = "") -> str:
        """Return `shown`, escaped, as a tagged text fact; `form` names a transformation of `ixt`."""
        if not self.is_on:
            return html.escape(shown, quote=False)
        form = f' format="ixt:{form}"' if form else ""
        return (
            f'<ix:nonNumeric name="{name}" contextRef="{self._context(column, "")}"{form} id="{self._next_id()}">'
            f"{html.escape(shown, quote=False)}</ix:nonNumeric>"
        )

    def block(self, name: str, markup: str) -> str:
        """Return the markup of a note as a tagged text block."""
        if not self.is_on:
            return markup
        context = self._context("h1_26", "")
        return (
            f'<ix:nonNumeric name="{name}" contextRef="{context}" escape="true" id="{self._next_id()}">'
            f"{markup}</ix:nonNumeric>"
        )

    def shares_outstanding(self, shown: str) -> str:
        """Return the tagged count of the cover, in whole shares."""
        if not self.is_on:
            return shown
        context = self._context("2026-07-31", "")
        return (
            f'<ix:nonFraction name="dei:EntityCommonStockSharesOutstanding" contextRef="{context}" '
            f'unitRef="shares" decimals="0" scale="0" format="ixt:num-dot-decimal" id="{self._next_id()}">{shown}'
            "</ix:nonFraction>"
        )

    def header(self) -> str:
        """Return the hidden header: the facts that are not shown, the contexts and the units."""
        hidden = "".join(
            f'<ix:nonNumeric name="dei:{name}" contextRef="{self._context("h1_26", "")}" id="{self._next_id()}">{value}'
            "</ix:nonNumeric>"
            for name, value in (
                ("EntityCentralIndexKey", CIK),
                ("AmendmentFlag", "false"),
                ("DocumentFiscalYearFocus", "2026"),
                ("DocumentFiscalPeriodFocus", "Q2"),
                ("CurrentFiscalYearEndDate", "--12-31"),
            )
        )
        return (
            f'<div style="display:none"><ix:header><ix:hidden>{hidden}</ix:hidden>'
            '<ix:references><link:schemaRef xlink:type="simple" xlink:href="mgi-20260630.xsd"/></ix:references>'
            f"<ix:resources>{''.join(self._contexts.values())}{_UNITS}</ix:resources></ix:header></div>"
        )

    def _next_id(self) -> str:
        self._n_facts += 1
        return f"f-{self._n_facts}"

    def _context(self, column: str, members: str) -> str:
        names = [name for name in members.split(",") if name]
        key = "-".join(["c", column.replace("_", "-"), *(name.replace("_", "-") for name in names)])
        if key not in self._contexts:
            self._contexts[key] = _context_xml(key, column, names)
        return key


def _context_xml(key: str, column: str, members: list[str]) -> str:
    if column in PERIOD_DAYS:
        start, end = PERIOD_DAYS[column]
        period = f"<xbrli:startDate>{start}</xbrli:startDate><xbrli:endDate>{end}</xbrli:endDate>"
    else:
        period = f"<xbrli:instant>{column}</xbrli:instant>"
    explicit = "".join(
        f'<xbrldi:explicitMember dimension="{_MEMBERS[name][0]}">{_MEMBERS[name][1]}</xbrldi:explicitMember>'
        for name in members
    )
    segment = f"<xbrli:segment>{explicit}</xbrli:segment>" if explicit else ""
    return (
        f'<xbrli:context id="{key}"><xbrli:entity><xbrli:identifier scheme="http://www.sec.gov/CIK">{CIK}'
        f"</xbrli:identifier>{segment}</xbrli:entity><xbrli:period>{period}</xbrli:period></xbrli:context>"
    )


def shown_number(value: Number) -> str:
    """Return the digits of a number as printed, without its sign: `1,234`, `0.25`, a dash for zero."""
    if value == 0:
        return "—"
    return f"{abs(value):,.2f}" if isinstance(value, Decimal) else f"{abs(value):,}"
