"""What clauses are about, and the words contracts and filings use for it.

People ask "can a party end the contract without cause"; contracts say "terminate for convenience upon
thirty days' written notice". Each topic lists how it is asked and how it is written, so that a question is
searched in the words of documents as well as in its own. General legal and accounting vocabulary, English
and German; nothing here names a document.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

CLAUSES_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A kind of clause or figure: `asked` recognises it in a question, `written` is how documents put it."""

    name: str
    asked: str
    written: str

    def is_asked(self, question: str) -> bool:
        """Say whether the question is about this topic."""
        return re.search(self.asked, question, re.IGNORECASE) is not None


def _topic(name: str, asked: str, written: str) -> Topic:
    return Topic(name=name, asked=asked, written=written)


TOPICS: Final = (
    # ruff: the patterns are data, one topic a line group
    _topic("governing_law", r"govern(?:s|ing|ed)?\b.{0,40}\blaw|\blaws? govern|law governs|whose law|choice of law|anwendbares recht|welchem recht|rechtswahl",
           "governed by and construed in accordance with the laws of the state without regard to conflict of laws; unterliegt dem Recht"),
    _topic("jurisdiction", r"jurisdiction|venue|which courts?|arbitrat|dispute|gerichtsstand|schieds",
           "exclusive jurisdiction venue courts arbitration disputes submitted; Gerichtsstand ist Schiedsgericht"),
    _topic("document_date", r"date of the (?:contract|agreement)|when was .{0,40}(?:signed|made|dated)|agreement date|vertragsdatum|wann (?:wurde|ist) .{0,40}(?:geschlossen|unterzeichnet)",
           "dated made and entered into as of this day of by and between; geschlossen am zwischen"),
    _topic("effective_date", r"becomes? effective|effective date|take effect|commence|in kraft|beginn",
           "effective as of the effective date shall commence on the date entered into as of; tritt in Kraft"),
    _topic("term", r"expir|(?:initial|contract) term|how long|duration of the (?:contract|agreement)|end date|laufzeit|endet|befrist",
           "term of this agreement initial term shall commence and continue for a period of years until terminated expire; Laufzeit endet am"),
    _topic("renewal", r"renew|extension|extend(?:s|ed)? .{0,20}term|verlänger",
           "automatically renew successive additional periods one year renewal term unless notice of non-renewal prior to expiration extend; verlängert sich"),
    _topic("notice_period", r"notice period|how much notice|notice .{0,30}(?:terminat|renew)|kündigungsfrist",
           "days prior written notice of non-renewal before the end of the term intention not to renew; Kündigungsfrist Monate zum Ende"),
    _topic("convenience", r"without cause|for convenience|at any time.{0,20}terminat|terminat.{0,60}(?:without|any) (?:cause|reason)|ordentlich kündig|solely by giving notice",
           "terminate this agreement at any time for any reason or no reason without cause upon days prior written notice; ohne Angabe von Gründen kündigen"),
    _topic("termination", r"terminat(?:e|ion|ed)\b|kündig",
           "termination terminate upon notice material breach default cure; Kündigung aus wichtigem Grund"),
    _topic("after_termination", r"(?:after|following|upon) (?:the )?(?:termination|expir)|post-termination|wind-?down|transition|last.buy|nach (?:beendigung|kündigung)",
           "upon termination or expiration shall return deliver cease pay accrued survive transition sell remaining inventory effect of termination; nach Beendigung"),
    _topic("assignment", r"assign(?:ed|ment|able|s)?\b.{0,60}(?:third|consent|notice|party|contract|agreement)|transfer of the (?:contract|agreement)|abtret|übertrag",
           "may not assign or transfer this agreement rights or obligations without the prior written consent successors and permitted assigns; Abtretung Zustimmung"),
    _topic("change_of_control", r"change (?:of|in) control|kontrollwechsel|merger|acquired",
           "change of control merger consolidation sale of all or substantially all assets acquisition of voting stock; Kontrollwechsel"),
    _topic("exclusivity", r"exclusiv|exklusiv|ausschließlich",
           "exclusive exclusively sole solely shall not appoint any other sell purchase only from not engage other third party; Exklusivität"),
    _topic("non_compete", r"compet(?:e|ing|ition|itive)|non-?compete|certain geography|wettbewerb",
           "shall not directly or indirectly compete engage in any business competitive competing products non-competition covenant territory; Wettbewerbsverbot"),
    _topic("carve_out", r"exceptions?|carve-?outs?|ausnahme",
           "except provided however notwithstanding the foregoing shall not apply other than nothing shall prevent excluding; ausgenommen"),
    _topic("no_solicit_staff", r"solicit.{0,40}(?:employ|staff|contractor|hir)|hir(?:e|ing)|abwerb",
           "shall not solicit hire employ induce any employee or contractor to leave employment; Abwerbung von Mitarbeitern"),
    _topic("no_solicit_customers", r"solicit.{0,60}(?:customer|client|partner)|kundenschutz",
           "shall not solicit divert contact customers clients accounts business partners; Kundenschutz"),
    _topic("disparagement", r"disparag|defam|herabsetz",
           "not disparage disparaging derogatory defame goodwill reputation detrimental"),
    _topic("most_favoured", r"most.favou?red|better terms|meistbegünst",
           "most favored customer no less favorable than terms prices offered to any other third party lower price; Meistbegünstigung"),
    _topic("first_refusal", r"first (?:refusal|offer|negotiation)|vorkauf|vorhand",
           "right of first refusal first offer first negotiation option to match bona fide offer; Vorkaufsrecht"),
    _topic("revenue_share", r"(?:share|sharing).{0,30}(?:revenue|profit)|(?:revenue|profit).{0,12}shar|umsatzbeteilig|gewinnbeteilig",
           "royalty percent of net sales revenue gross profit share commission percentage payable; Umsatzbeteiligung"),
    _topic("price_restriction", r"(?:raise|reduce|increase|change|restrict).{0,30}prices?|price (?:restriction|increase|adjust)|preis(?:anpass|erhöh|bind)",
           "price increase shall not exceed adjust fees consumer price index fixed price may increase prices percent; Preisanpassung"),
    _topic("minimum", r"minimum|mindest",
           "minimum order purchase commitment quantity units per year at least guaranteed annual minimum shortfall; Mindestabnahme"),
    _topic("volume", r"threshold|exceeds? a certain|volume|usage limit|overage|mengengrenze",
           "exceed excess additional fee maximum number threshold limit in excess of per month volume"),
    _topic("ip_assignment", r"(?:intellectual property|invention|work product|ip)\b.{0,80}(?:become|belong|own|property of|assign)|geistiges eigentum",
           "hereby assigns all right title and interest work made for hire sole and exclusive property shall own inventions developments; überträgt Rechte an Arbeitsergebnissen"),
    _topic("joint_ip", r"joint.{0,20}(?:owner|ip|intellectual)|shared ownership|jointly own|gemeinsam",
           "jointly owned joint ownership co-own equal undivided interest both parties; gemeinschaftliches Eigentum"),
    _topic("license", r"licen[cs]e|lizenz|nutzungsrecht",
           "hereby grants license to use right non-exclusive royalty-free worldwide sublicense licensed; räumt Nutzungsrecht ein Lizenz"),
    _topic("license_scope", r"non-?transferable|ability .{0,40}transfer the licen|sublicen",
           "non-transferable nontransferable non-assignable may not sublicense without right to sublicense license"),
    _topic("license_affiliates", r"affiliat",
           "affiliates subsidiaries parent companies under common control and its affiliates grants license; verbundene Unternehmen"),
    _topic("perpetual", r"perpetual|irrevocabl|unwiderruflich|zeitlich unbe",
           "perpetual irrevocable license in perpetuity survive forever fully paid-up; unwiderruflich zeitlich unbeschränkt"),
    _topic("unlimited_licence", r"unlimited|enterprise.{0,30}licen|all you can eat|unbeschränkt",
           "unlimited number of users enterprise-wide license unrestricted use site license any number copies"),
    _topic("escrow", r"source code|escrow|hinterleg",
           "source code escrow agent deposit materials release conditions; Quellcode Hinterlegung"),
    _topic("audit", r"audit|inspect.{0,30}(?:books|records)|books.{0,20}records|prüfungsrecht|einsicht",
           "right to audit inspect examine books and records upon reasonable notice during normal business hours; Einsicht in Bücher"),
    _topic("uncapped", r"uncapped|unlimited liability|unbegrenzte haftung",
           "limitation of liability shall not apply except indemnification gross negligence willful misconduct breach of confidentiality fraud; unbeschränkte Haftung"),
    _topic("liability_cap", r"cap (?:on|a|the)|liabilit|limit.{0,40}(?:recovery|damages)|haftung|consequential",
           "in no event shall be liable limitation of liability aggregate liability shall not exceed amount paid indirect incidental special consequential damages lost profits; Haftung beschränkt"),
    _topic("liquidated", r"liquidated|termination fee|break.?up fee|vertragsstrafe|pauschaliert",
           "liquidated damages termination fee penalty shall pay as liquidated damages not as a penalty; Vertragsstrafe"),
    _topic("warranty", r"warrant|gewährleist|garantie|defects? or errors?",
           "warrants warranty period days months from delivery date free from defects in material and workmanship replace or repair; Gewährleistungsfrist"),
    _topic("insurance", r"insur|versicher",
           "shall maintain insurance commercial general liability coverage policy limits per occurrence additional insured certificate; Haftpflichtversicherung"),
    _topic("not_sue", r"contest|covenant not to sue|challeng.{0,40}(?:validity|ownership)|unrelated claims|angreifen",
           "shall not contest challenge attack validity ownership registration trademarks title covenant not to sue release claims; Nichtangriff"),
    _topic("third_party", r"third.party benefici|non-contracting|enforce its rights|zugunsten dritter",
           "third party beneficiary no third party beneficiaries intended to benefit enforce rights successors and assigns; Vertrag zugunsten Dritter"),
    _topic("confidentiality", r"confidential|non-?disclosure|vertraulich|geheimhalt",
           "confidential information shall not disclose receiving party disclosing party nondisclosure; Vertraulichkeit Geheimhaltung"),
    _topic("indemnity", r"indemn|hold harmless|freistell|schadlos",
           "indemnify defend and hold harmless against claims losses damages; freistellen"),
    _topic("payment", r"payment terms?|invoic|when .{0,20}pa(?:y|id)|zahlungs|rechnung",
           "invoice payable within days of receipt payment late interest; zahlbar innerhalb Tagen Rechnung"),
    _topic("force_majeure", r"force majeure|acts? of god|höhere gewalt", "force majeure acts of God beyond reasonable control delay; höhere Gewalt"),
    _topic("parties", r"who are the parties|parties to|names? of the parties|vertragsparteien", "by and between a corporation hereinafter referred to as party; zwischen nachfolgend genannt"),
    # Filings
    _topic("revenue", r"\brevenues?\b|net sales|umsatz", "total net sales revenue net revenues operating statements of operations income; Umsatzerlöse"),
    _topic("net_income", r"net (?:income|profit|loss|earnings)|gewinn|jahresüberschuss", "net income net loss statements of operations income attributable; Jahresüberschuss"),
    _topic("eps", r"earnings per share|\beps\b|ergebnis je aktie", "earnings per share basic diluted net income per share; Ergebnis je Aktie"),
    _topic("tax", r"effective (?:income )?tax|tax rate|income tax|steuer", "provision for income taxes effective tax rate statutory federal income tax rate; Ertragsteuern"),
    _topic("research", r"research (?:and|&) development|\br\s?&\s?d\b|forschung", "research and development expense operating expenses; Forschung und Entwicklung"),
    _topic("cash_flow", r"cash flows?|operating activities|liquidity|cashflow", "cash generated by operating activities net cash provided by operating activities liquidity and capital resources; Cashflow"),
    _topic("buyback", r"repurchas|buy-?back|aktienrück", "repurchases of common stock share repurchase program repurchased shares dividends; Aktienrückkauf"),
    _topic("inventory", r"inventor|vorräte", "inventories raw materials work in process finished goods inventory provisions; Vorräte"),
    _topic("debt", r"\bdebt\b|interest expense|notes payable|term debt|verbindlichkeit", "term debt notes outstanding commercial paper interest expense principal senior notes; Finanzverbindlichkeiten"),
    _topic("legal", r"legal (?:proceed|contingen)|litigation|lawsuit|rechtsstreit", "legal proceedings litigation contingencies securities class action complaint; Rechtsstreitigkeiten"),
    _topic("risk", r"risk factors?|risiko", "risk factors could adversely affect material adverse business; Risikofaktoren"),
    _topic("currency", r"foreign (?:exchange|currenc)|exchange rates?|wechselkurs", "foreign currency exchange rate weakness in foreign currencies relative to the U.S. dollar; Wechselkurs"),
    _topic("margin", r"gross margin|bruttomarge", "gross margin percentage cost of sales cost of revenue; Bruttomarge"),
    _topic("acquisition", r"acquisitions?\b|divestiture|akquisition", "acquisition business combination acquired purchase price goodwill; Unternehmenszusammenschluss"),
    _topic("accounting", r"accounting (?:polic|pronounce|practice)|bilanzierung", "recently issued accounting pronouncements summary of significant accounting policies adopted; Bilanzierungsmethoden"),
    _topic("opex", r"operating (?:expenses?|costs?)|operational expenses?|betriebsaufwand", "operating expenses research and development selling general and administrative total operating expenses"),
)


def topics(question: str, *, limit: int = 4) -> tuple[Topic, ...]:
    """Return the topics a question is about, in the order of the list, at most `limit`."""
    return tuple(topic for topic in TOPICS if topic.is_asked(question))[:limit]


def document_words(found: Sequence[Topic]) -> str:
    """Return how documents write about the topics, as one text."""
    return " ".join(topic.written for topic in found)
