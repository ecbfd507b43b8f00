"""Subjects that contract questions ask about: how they are asked, how clauses word them, what kind of answer fits.

A topic is general legal vocabulary, English with the basics of German, and knows no document. `asked` is looked for
in questions, `worded` in sentences; `queries` are further wordings to search with. A question may have no topic.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

AnswerKind = Literal["date", "duration", "law", "amount", "party", "text", "presence"]

_FLAGS: Final = re.IGNORECASE | re.DOTALL


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject.

    `kind` is what an answer to a question about it is that is not yes or no; `anchor` is what stands beside that
    answer where a sentence holds several of its kind.
    """

    name: str
    kind: AnswerKind
    asked: re.Pattern[str]
    worded: re.Pattern[str]
    queries: tuple[str, ...] = ()
    anchor: re.Pattern[str] | None = None

    @property
    def needs_value(self) -> bool:
        """Say whether a sentence without a value of the kind cannot answer: a date of signing is a date."""
        return self.name in _NEED_VALUES


def _topic(name: str, kind: AnswerKind, *, asked: str, worded: str, query: str = "") -> Topic:
    anchor = re.compile(_ANCHORS[name], _FLAGS) if name in _ANCHORS else None
    return Topic(name, kind, re.compile(asked, _FLAGS), re.compile(worded, _FLAGS), (query,) if query else (), anchor)


_NEED_VALUES: Final = frozenset({"agreement date", "governing law", "warranty duration"})
_ANCHORS: Final = {
    "agreement date": r"\bdated|\bmade\b|entered\s+into|\bas\s+of\b|\bthis\b|geschlossen",
    "effective date": r"\beffective|commenc|begin|in\s+kraft",
    "expiration": r"\bexpir|\buntil\b|\bend(?:s|ing)?\b|terminat|through|continu|period\s+of|term\s+of|laufzeit",
    "renewal": r"\brenew|success|additional|extend|further|verlänger",
    "notice to end renewal": r"\bnotice|\bprior\b|\bbefore\b|advance|kündig|\bvor\b",
    "warranty duration": r"warrant|gewähr",
}


TOPICS: Final[tuple[Topic, ...]] = (
    _topic(
        "governing law",
        "law",
        asked=r"\blaws?\b.{0,40}\b(?:govern|appl|interpret)|govern\w*\s+law|welches\s+recht|anwendbare\w*\s+recht",
        worded=r"(?:govern|constru|interpret|enforc|subject\s+to|accordance\s+with)\w*.{0,120}\blaws?\b|"
        r"\b\w+\s+law\s+(?:shall|will)\s+(?:govern|apply)|\brecht\w*.{0,60}(?:anwend|gilt|unterlieg)|unterliegt.{0,60}recht",
        query="This Agreement shall be governed by and construed in accordance with the laws of",
    ),
    _topic(
        "agreement date",
        "date",
        asked=r"\bdate\s+of\s+(?:the|this)\s+(?:contract|agreement)|(?:contract|agreement)\s+date|when\s+was.{0,60}"
        r"(?:signed|made|executed|entered|concluded)|wann\s+wurde.{0,60}(?:geschlossen|unterzeichnet)|vertragsdatum",
        worded=r"\b(?:dated|made|entered\s+into|executed)\b.{0,80}\b(?:as\s+of|on|this)\b|\bdated\s+\w+|geschlossen\s+am|vom\s+\d",
        query="This Agreement is made and entered into as of the date by and between",
    ),
    _topic(
        "effective date",
        "date",
        asked=r"(?:become|becomes|is|are)\s+effective|effective\s+date|take\s+effect|commence|in\s+kraft|wirksam",
        worded=r"effective\s+(?:as\s+of|on|upon|date|from)|[“\"]effective\s+date|(?:shall|will)\s+(?:commence|begin|become\s+effective|"
        r"take\s+effect)|commenc\w+\s+on|in\s+kraft|wirksam",
        query="This Agreement shall become effective as of the Effective Date and commence on",
    ),
    _topic(
        "expiration",
        "date",
        asked=r"\bexpir|initial\s+term|\bterm\s+of\s+(?:the|this)|how\s+long|end\s+date|laufzeit|endet",
        worded=r"\b(?:initial\s+)?term\b.{0,160}(?:year|month|until|expire|terminat|period|\d{4})|(?:shall|will)\s+(?:expire|continue|"
        r"remain|terminate\s+on)|\bexpire[sd]?\s+on|in\s+effect\s+(?:for|until)|laufzeit|läuft\s+(?:bis|am)|endet",
        query="The initial term of this Agreement shall commence and continue for a period of years until it expires",
    ),
    _topic(
        "notice to end renewal",
        "duration",
        asked=r"notice\s+period|(?:notice).{0,60}(?:terminate|prevent|renew)|kündigungsfrist",
        worded=r"notice.{0,200}(?:renew|terminat|expir|extend|prior)|(?:renew|terminat|extend).{0,260}notice|prior\s+written\s+notice|kündig",
        query="unless either party gives written notice of non-renewal days prior to the expiration of the term",
    ),
    _topic(
        "renewal",
        "duration",
        asked=r"\brenew(?:al|ed|s)?\b(?!.{0,20}notice)|extension\s+term|verlänger",
        worded=r"\brenew|\bextend(?:ed)?\b.{0,80}(?:term|period|year|month)|successive|verlänger",
        query="This Agreement shall automatically renew for successive terms unless either party gives notice",
    ),
    _topic(
        "warranty duration",
        "duration",
        asked=r"(?:duration|period|long).{0,30}warrant|warranty\s+period|gewährleistungsfrist",
        worded=r"warrant.{0,300}(?:day|month|year|period)|gewährleist|garantie",
        query="warrants that the products will be free from defects in material and workmanship for a period of",
    ),
    _topic(
        "parties",
        "party",
        asked=r"\b(?:who|which)\b.{0,40}\bpart(?:y|ies)\b.{0,30}(?:agreement|contract)?|vertragsparteien",
        worded=r"\bby\s+and\s+between\b|\bbetween\b.{0,200}\band\b.{0,200}|zwischen.{0,200}und",
        query="This Agreement is entered into by and between the parties",
    ),
    _topic(
        "liability cap",
        "presence",
        asked=r"(?:cap|limit)\w*\b.{0,60}(?:liabilit|recover|damages)|liability.{0,40}(?:cap|limit)|haftungs(?:begrenz|beschränk|höchst)",
        worded=r"liab\w+.{0,500}(?:exceed|limited\s+to|aggregate|consequential|maximum)|in\s+no\s+event|not\s+be\s+liable|"
        r"limit\w*\s+(?:of|on)\s+liab|(?:total|maximum|aggregate)\s+liab|haft\w*.{0,120}(?:begrenzt|beschränkt|höchstens)",
        query="In no event shall liability exceed the total amount; neither is liable for consequential damages",
    ),
    _topic(
        "uncapped liability",
        "presence",
        asked=r"uncapped|unlimited\s+liabilit|unbeschränkte\s+haftung",
        worded=r"(?:limitation|exclusion|foregoing|section).{0,120}(?:not\s+apply|except)|except\s+(?:for|in\s+the\s+case).{0,200}liab|"
        r"unlimited\s+liab|unbeschränkt",
        query="The limitation of liability shall not apply to breach of confidentiality or indemnification",
    ),
    _topic(
        "convenience termination",
        "presence",
        asked=r"terminate.{0,60}without\s+cause|termination\s+for\s+convenience|solely\s+by\s+giving\s+notice|ohne\s+grund.{0,40}kündigen",
        worded=r"terminat.{0,160}(?:any\s+reason|no\s+reason|without\s+cause|convenience|at\s+any\s+time|for\s+any|in\s+its\s+sole)|"
        r"(?:at\s+any\s+time|without\s+cause|any\s+reason).{0,120}terminat|ordentlich\s+kündig",
        query="Either party may terminate this Agreement at any time without cause upon days prior written notice",
    ),
    _topic(
        "assignment",
        "presence",
        asked=r"\bassign(?:ed|ment|s)?\b(?!.{0,40}intellectual)|abtret|übertragbar",
        worded=r"\bassign\w*\b.{0,200}(?:consent|without|prohibit|void|notice)|(?:not|neither).{0,120}\bassign|abtret",
        query="Neither party may assign this Agreement without the prior written consent of the other party",
    ),
    _topic(
        "change of control",
        "presence",
        asked=r"change\s+(?:of|in)\s+control|control\s+of\b.{0,60}\bchange|kontrollwechsel",
        worded=r"change\s+(?:of|in)\s+control|merger|consolidat|sale\s+of\s+(?:all|substantially)|acquir\w+.{0,80}(?:control|voting)",
        query="change of control, merger or sale of substantially all assets; terminate or consent",
    ),
    _topic(
        "audit",
        "presence",
        asked=r"\baudit|inspect.{0,40}(?:books|records)|prüfungsrecht",
        worded=r"\baudit|inspect\w*.{0,80}(?:book|record|premises|facilit)|(?:book|record)s.{0,120}(?:inspect|examin|audit)|prüf\w+.{0,60}bücher",
        query="right to audit and inspect the books and records during normal business hours",
    ),
    _topic(
        "insurance",
        "presence",
        asked=r"\binsurance\b|versicherung",
        worded=r"\binsur(?:ance|ed|er)|versicher",
        query="shall maintain at its own expense insurance with coverage of not less than",
    ),
    _topic(
        "exclusivity",
        "presence",
        asked=r"exclusiv(?:e|ity)(?!.{0,40}exception)|exklusiv",
        worded=r"\bexclusiv|\bsole\s+(?:and|provider|supplier|source)|\bonly\s+from\b|exklusiv|ausschließlich",
        query="exclusive right; shall not purchase from or appoint any other person",
    ),
    _topic(
        "non-compete",
        "presence",
        asked=r"non-?compet|restrict\w*.{0,60}compet|compete\s+with|wettbewerbsverbot",
        worded=r"\bcompet(?:e|es|ing|itive|itor)|wettbewerb",
        query="shall not compete directly or indirectly or engage in a competing business",
    ),
    _topic(
        "no solicitation of employees",
        "presence",
        asked=r"solicit\w*.{0,60}(?:employee|contractor|hir)|hiring|abwerb",
        worded=r"(?:solicit|hire|employ|recruit|induce)\w*.{0,160}(?:employee|personnel|contractor|staff)|abwerb",
        query="shall not solicit or hire any employee of the other party",
    ),
    _topic(
        "no solicitation of customers",
        "presence",
        asked=r"solicit\w*.{0,60}customer|kundenschutz",
        worded=r"(?:solicit|contact|divert)\w*.{0,160}(?:customer|client|account)",
        query="shall not solicit customers or clients of the other party",
    ),
    _topic(
        "non-disparagement",
        "presence",
        asked=r"disparag|herabsetz",
        worded=r"disparag|derogat|denigrat|bring\w*\s+.{0,40}disrepute|detrimental\s+to.{0,40}(?:reputation|goodwill)",
        query="shall not make any disparaging statements",
    ),
    _topic(
        "most favoured terms",
        "presence",
        asked=r"most[- ]favou?red|better\s+terms|meistbegünstig",
        worded=r"most[- ]favou?red|(?:more|as)\s+favou?rable|lowest\s+price|no\s+less\s+favou?rable",
        query="terms no less favorable than those offered to any third party",
    ),
    _topic(
        "first refusal",
        "presence",
        asked=r"right\s+of\s+first|first\s+(?:refusal|offer|negotiation)|vorkaufsrecht",
        worded=r"right\s+of\s+first|first\s+(?:refusal|offer|option|negotiat|right)|vorkauf",
        query="right of first refusal, right of first offer or first negotiation",
    ),
    _topic(
        "revenue share",
        "presence",
        asked=r"share\s+(?:of\s+)?(?:revenue|profit)|(?:revenue|profit)[- ]shar|umsatzbeteiligung",
        worded=r"(?:percent|%|share|royalt|commission).{0,120}(?:revenue|profit|sales|proceeds|receipts)|(?:revenue|profit).{0,40}shar",
        query="shall pay a percentage of net revenue, royalty or share of profits",
    ),
    _topic(
        "price restrictions",
        "presence",
        asked=r"(?:raise|reduce|increase)\w*.{0,30}price|price\s+restriction|preisanpassung",
        worded=r"pric\w+.{0,120}(?:increase|raise|reduce|change|adjust|exceed)|(?:increase|raise|adjust)\w*.{0,80}(?:pric|fee)",
        query="prices shall not be increased by more than; price adjustment restrictions",
    ),
    _topic(
        "minimum commitment",
        "presence",
        asked=r"minimum\s+(?:commitment|order|purchase|amount|size)|mindest(?:abnahme|menge)",
        worded=r"\bminimum\b|at\s+least\s+\d|not\s+less\s+than|guarantee[sd]?|mindest",
        query="minimum purchase commitment of at least per year",
    ),
    _topic(
        "volume restriction",
        "presence",
        asked=r"exceeds?\s+a\s+certain\s+threshold|volume\s+restriction|fee\s+increase.{0,60}threshold",
        worded=r"exceed|in\s+excess\s+of|more\s+than|maximum|up\s+to\s+\d|additional\s+(?:fee|charge)",
        query="use in excess of the maximum number requires additional fee or consent",
    ),
    _topic(
        "intellectual property ownership",
        "presence",
        asked=r"intellectual\s+property.{0,80}(?:become|property\s+of|assign|own)|ip\s+ownership|(?:joint|shared)\s+ownership",
        worded=r"(?:title|interest).{0,160}(?:own|vest|assign)|(?:sole|exclusive|joint(?:ly)?)\s+(?:and\s+\w+\s+)?(?:property|own)|(?:own|vest|assign)\w*.{0,160}(?:right|title|interest|"
        r"intellectual|invention|copyright|work)|work\s+(?:made\s+)?for\s+hire",
        query="all right, title and interest in intellectual property shall be owned by and is hereby assigned",
    ),
    _topic(
        "joint ownership",
        "presence",
        asked=r"(?:joint|shared)\s+(?:or\s+\w+\s+)?ownership|gemeinsame\w*\s+eigentum",
        worded=r"joint(?:ly)?\s+(?:and\s+\w+\s+)?own|co-?own|owned\s+jointly|jointly\s+by|gemeinsam\w*.{0,60}eigent",
        query="shall be jointly owned by the parties",
    ),
    _topic(
        "licence grant",
        "presence",
        asked=r"licen[sc]e\s+grant|licen[sc]e\s+granted|contain\s+a\s+licen[sc]e|granting.{0,60}licen[sc]e|lizenz",
        worded=r"grant\w*.{0,160}(?:licen[sc]e|right)|licen[sc]e\s+to\s+(?:use|make|sell)|lizenz",
        query="hereby grants a non-exclusive license to use",
    ),
    _topic(
        "licence transfer",
        "presence",
        asked=r"transfer\s+the\s+licen[sc]e|non-?transferable",
        worded=r"non-?transferable|not\s+(?:be\s+)?(?:transfer|sublicens|assign)|without\s+the\s+right\s+to\s+sublicens",
        query="non-exclusive, non-transferable license without the right to sublicense",
    ),
    _topic(
        "after termination",
        "presence",
        asked=r"(?:obligations?|services?|rights)\s+after\s+(?:termination|expir|the\s+end)|post-?termination|nach\s+(?:beendigung|kündigung)",
        worded=r"(?:upon|after|following|on)\s+(?:the\s+)?(?:any\s+)?(?:expiration|termination|expiry)|surviv|nach\s+(?:beendigung|kündigung)",
        query="Upon expiration or termination of this Agreement the parties shall return and pay",
    ),
    _topic(
        "covenant not to sue",
        "presence",
        asked=r"contest\w*.{0,60}validity|covenant\s+not\s+to\s+sue|unrelated\s+claims",
        worded=r"(?:contest|challenge|attack|dispute)\w*.{0,160}(?:validity|ownership|title|right)|covenant\w*\s+not\s+to\s+sue|not\s+sue",
        query="shall not contest or challenge the validity or ownership of the trademarks",
    ),
    _topic(
        "liquidated damages",
        "presence",
        asked=r"liquidated\s+damages|termination\s+fee|pauschalierter?\s+schadens|vertragsstrafe",
        worded=r"liquidated\s+damages|termination\s+fee|as\s+a\s+penalty|vertragsstrafe",
        query="liquidated damages and not as a penalty; termination fee",
    ),
    _topic(
        "escrow",
        "presence",
        asked=r"escrow|source\s+code.{0,80}deposit|hinterleg",
        worded=r"escrow|hinterleg",
        query="deposit the source code in escrow with an escrow agent",
    ),
    _topic(
        "unlimited licence",
        "presence",
        asked=r"all\s+you\s+can\s+eat|unlimited\s+usage|enterprise.{0,40}licen[sc]e",
        worded=r"unlimited\s+(?:number|use|right|licen)|enterprise[- ]wide|as\s+many",
        query="unlimited enterprise-wide license",
    ),
    _topic(
        "perpetual licence",
        "presence",
        asked=r"perpetual|irrevocable",
        worded=r"perpetual|irrevocabl|unwiderruflich",
        query="perpetual and irrevocable license",
    ),
    _topic(
        "affiliates' licence",
        "presence",
        asked=r"licen[sc]e.{0,80}affiliates",
        worded=r"licen[sc]e.{0,200}affiliate|affiliate.{0,200}licen[sc]e",
        query="license granted to licensee and its affiliates",
    ),
    _topic(
        "third-party beneficiary",
        "presence",
        asked=r"third[- ]party\s+beneficiar|drittbegünstig",
        worded=r"third[- ]party\s+benefici|benefit\s+of.{0,80}third|no\s+(?:person|third\s+party).{0,80}right",
        query="third party beneficiary of this Agreement",
    ),
    _topic(
        "confidentiality",
        "presence",
        asked=r"confiden(?:tial|ce)|vertraulich",
        worded=r"confidential|non-?disclos|vertraulich|geheim",
        query="shall keep confidential and not disclose confidential information",
    ),
    _topic(
        "payment",
        "amount",
        asked=r"how\s+much.{0,60}(?:pay|paid|fee|price|cost)|(?:price|fee|rent|salary|purchase\s+price)\b|wie\s+hoch",
        worded=r"(?:pay|paid|fee|price|rent|salary|amount)\w*.{0,120}(?:\$|€|£|USD|EUR|\d)",
    ),
)


_GENERAL: Final[dict[str, frozenset[str]]] = {
    "confidentiality": frozenset({"expiration", "after termination"}),
    "non-compete": frozenset({"expiration"}),
    "insurance": frozenset({"expiration", "payment", "minimum commitment"}),
    "audit": frozenset({"expiration"}),
    "escrow": frozenset({"licence grant"}),
    "liability cap": frozenset({"payment"}),
    "uncapped liability": frozenset({"liability cap"}),
    "unlimited licence": frozenset({"licence grant"}),
    "perpetual licence": frozenset({"licence grant"}),
    "affiliates' licence": frozenset({"licence grant"}),
    "licence transfer": frozenset({"licence grant"}),
    "joint ownership": frozenset({"intellectual property ownership"}),
    "renewal": frozenset({"expiration"}),
    "notice to end renewal": frozenset({"renewal", "expiration"}),
    "volume restriction": frozenset({"payment"}),
    "liquidated damages": frozenset({"payment"}),
    "revenue share": frozenset({"payment"}),
    "price restrictions": frozenset({"payment"}),
}


def topics_of(question: str) -> tuple[Topic, ...]:
    """Return the topics a question asks about, at most three; a special one leaves out the general one it is of."""
    found = [topic for topic in TOPICS if topic.asked.search(question)]
    general = frozenset(name for topic in found for name in _GENERAL.get(topic.name, ()))
    return tuple(topic for topic in found if topic.name not in general)[:3]
