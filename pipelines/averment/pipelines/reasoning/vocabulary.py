"""Subjects that contract questions ask about: how they are asked, how clauses word them, what kind of answer fits.

The list is general legal vocabulary, English with the basics of German, and knows no document. `queries` are further
wordings to search with.
"""

import re
from typing import Final

from averment.pipelines.reasoning.topic import FLAGS, AnswerKind, Topic


def _topic(name: str, kind: AnswerKind, *, asked: str, worded: str, unlike: str = "", query: str = "") -> Topic:
    return Topic(
        name,
        kind,
        asked=re.compile(asked, FLAGS),
        worded=re.compile(worded, FLAGS),
        unlike=re.compile(unlike, FLAGS) if unlike else None,
        queries=(query,) if query else (),
        anchor=re.compile(_ANCHORS[name], FLAGS) if name in _ANCHORS else None,
    )


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
        asked=r"\blaws?\b.{0,40}\b(?:govern|appl|interpret)|govern\w*\b.{0,40}\blaws?\b|welches\s+recht|anwendbare\w*\s+recht|unterlieg\w*.{0,40}recht|recht\b.{0,60}unterlieg",
        worded=r"(?:govern|constru|interpret|enforc|subject\s+to|accordance\s+with)\w*.{0,120}\blaws?\b|"
        r"\b\w+\s+law\s+(?:shall|will)\s+(?:govern|apply)|\brecht\w*.{0,60}(?:anwend|gilt|unterlieg)|unterliegt.{0,60}recht",
        query="This Agreement shall be governed by and construed in accordance with the laws of",
    ),
    _topic(
        "agreement date",
        "date",
        asked=r"\bdate\s+of\s+(?:the|this)\s+(?:contract|agreement)|(?:contract|agreement)\s+date|when\s+was.{0,60}"
        r"(?:signed|made|executed|entered|concluded)|wann\s+wurde.{0,60}(?:geschlossen|unterzeichnet)|vertragsdatum",
        worded=r"\b(?:dated|made|entered|entered\s+into|executed|signed)\b.{0,80}\b(?:as\s+of|on|this)\b|\bdated\s+\w+|geschlossen\s+am|vom\s+\d",
        unlike=r"\bas\s+(?:amended|supplemented).{0,80}|(?:agreement|memorandum|order|letter|lease|note|plan|report|notice|contract)\s+dated\b",
        query="This Agreement is made and entered into as of the date by and between",
    ),
    _topic(
        "effective date",
        "date",
        asked=r"(?:become|becomes|is|are)\s+effective|effective\s+date|take\s+effect|commence|in\s+kraft|wirksam",
        worded=r"effective\s+(?:as\s+of|on|upon|date|from|this)|[“\"]effective\s+date|(?:shall|will)\s+(?:commence|begin|become\s+effective|"
        r"take\s+effect)|commenc\w+\s+on|(?:made|entered\s+into|dated)\b.{0,80}\bas\s+of\b|in\s+kraft|wirksam",
        unlike=r"effective\s+date\s+of\s+(?:\w+\s+){0,4}(?:terminat|expir|registrat|merger|assign|amend|notice|change|increase|transfer)\w*|"
        r"effective\s+(?:upon|on)\s+(?:\w+\s+){0,3}(?:receipt|notice|delivery)|(?:terminat|cancel)\w*.{0,60}effective",
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
        asked=r"(?:notice).{0,60}(?:prevent|renew|non-renewal)|renew\w*.{0,60}notice|notice\s+period.{0,60}renew|kündigungsfrist",
        worded=r"notice.{0,300}\b(?:renew|non-?renew|extend|extension|successive|expir|anniversary|end\s+of\s+(?:the|its|any|such))|"
        r"(?:\brenew|non-?renew|\bextend|extension|successive|year[\s-]to[\s-]year|thereafter|anniversary|expir).{0,400}\bnotice|kündig",
        unlike=r"notice\s+of\s+(?:breach|default|such\s+breach)|upon\s+(?:the\s+)?expiration",
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
        worded=r"(?:limit|exclu|cap)\w*.{0,200}(?:shall|will|do|does|is|are)\s+not\s+(?:apply|applicable|limit)|"
        r"(?:nothing|(?:shall|will)\s+not).{0,120}(?:limit|exclude)\w*.{0,120}\bliab(?:le|ility)\b|except\s+(?:for|in|to|with|as).{0,400}\bliab(?:le|ility)\b|"
        r"\bliab(?:le|ility)\b.{0,400}\bexcept\s+(?:for|in|to|with|as|where)|unlimited\s+liab|liab\w*.{0,80}(?:unlimited|without\s+limit)|unbeschränkt",
        unlike=r"except\s+as\s+(?:provided|set\s+forth|expressly|otherwise|permitted)\w*|(?:product|contractual|general|umbrella|employers?[’']?s?|automobile)\s+liability|"
        r"liability\s+(?:insurance|cover(?:age)?|polic(?:y|ies))|insur(?:ance|ed)\b.{0,600}|indemnif\w+.{0,600}|hold\s+harmless.{0,400}",
        query="The limitation of liability shall not apply to breach of confidentiality or indemnification",
    ),
    _topic(
        "convenience termination",
        "presence",
        asked=r"terminate.{0,60}without\s+cause|termination\s+for\s+convenience|solely\s+by\s+giving\s+notice|ohne\s+grund.{0,40}kündigen",
        worded=r"terminat.{0,240}(?:\bany\s+(?:or\s+no\s+)?reason|no\s+reason|without\s+(?:any\s+)?cause|convenience|at\s+will\b|with\s+or\s+without|sole\s+discretion)|"
        r"(?:without\s+(?:any\s+)?cause|convenience|any\s+(?:or\s+no\s+)?reason|with\s+or\s+without).{0,120}terminat|"
        r"(?:may|right\s+to|entitled\s+to|option\s+to|can)\s+(?:\w+\s+){0,4}terminat.{0,120}(?:at\s+any\s+time|upon|by|on|with).{0,80}(?:notice|any\s+time)|"
        r"(?:may|can)\s+be\s+terminated.{0,80}(?:any\s+time|by\s+either).{0,120}|cancel(?:l?able|led)?.{0,80}any\s+time|ordentlich\s+kündig",
        unlike=r"(?:upon|after|following|on|in\s+the\s+event\s+of|of)\s+(?:the\s+|any\s+)?(?:such\s+)?(?:expiration\s+or\s+)?(?:earlier\s+)?terminat\w*.{0,60}(?:any|no|whatever)\s+reason|deemed\s+a\s+termination\s+without\s+cause|"
        r"\b(?:if|in\s+the\s+event|should|where)\b[^.;]{0,300}\bterminat[^.;]{0,80}|terminat[^.;]{0,200}\b(?:if|in\s+the\s+event|upon\s+the\s+occurrence|fails?|breach\w*|default\w*|insolven\w*|bankrupt\w*|change\s+of\s+control)\b[^.;]*(?:notice|time)?",
        query="Either party may terminate this Agreement at any time without cause upon days prior written notice",
    ),
    _topic(
        "assignment",
        "presence",
        asked=r"\bassign(?:ed|ment|s)?\b(?!.{0,40}intellectual)|abtret|übertragbar",
        worded=r"\bassign\w*\b.{0,160}(?:agreement|rights?|obligations?|interest|hereunder|herein|lease|contract|licen[sc]e|whole|part(?:y|ies)?)\b.{0,200}|"
        r"(?:agreement|rights?|obligations?|lease|contract)\b.{0,80}(?:may|shall|can)(?:\s+not)?\s+(?:be\s+)?(?:\w+\s+){0,3}assign|(?:not|neither).{0,120}\bassign|abtret",
        unlike=r"instruments?\s+of\s+(?:\w+,?\s+){0,4}assign\w*.{0,200}|assign\w*\s+of\s+(?:\w+\s+){0,2}intellectual|"
        r"successors?\s+(?:and|or|,)\s+(?:\w+\s+)?assign\w*|assign\w*\s+(?:of|and)\s+(?:assumption|(?:\w+\s+){0,3}(?:assets?|receivables|work|task|employee|personnel)s?)",
        query="Neither party may assign this Agreement without the prior written consent of the other party",
    ),
    _topic(
        "change of control",
        "presence",
        asked=r"change\s+(?:of|in)\s+control|control\s+of\b.{0,60}\bchange|kontrollwechsel",
        worded=r"change\s+(?:of|in)\s+control|merger|consolidat|sale\s+of\s+(?:all|substantially)|acquir\w+.{0,80}(?:control|voting)",
        # Leave to assign to a successor without consent asks nothing of a party whose control changes.
        unlike=r"(?<!neither\sparty\s)(?<!nor\s)\bmay\s+(?!not\b)(?:[\w,]+\s+){0,14}without\s+(?:\w+(?:[’']s)?\s+){0,6}consent.{0,600}",
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
        unlike=r"non-?exclusiv\w*|exclusiv\w*\s+(?:and\s+\w+\s+)?(?:jurisdiction|venue|remed\w+|propert\w+|owner\w*|benefit|forum|control|right\s+and\s+title)|(?:not\s+(?:be\s+)?|nor\s+)exclusiv\w*\s+(?:of|remed\w+)|not\s+constitute\s+the\s+exclusive\s+remed\w+|"
        r"\bsole\s+(?:and\s+\w+\s+)?(?:remed\w+|propert\w+|owner\w*|discretion|option|expense|cost|judgment|risk|responsib\w+|benefit|judge|liab\w+|negligence)|exclusive\s+of\b|exclusive,?\s+(?:remed|propert)\w+",
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
        "exception to a restriction",
        "presence",
        asked=r"(?:exception|carve-?out|exclusion|exempt)\w*.{0,80}(?:compet|exclusiv|solicit|restrict)",
        worded=r"(?:notwithstanding|except|unless|other\s+than|provided|nothing\s+(?:in|contained|herein)|"
        r"(?:shall|will|does)\s+not\s+(?:prohibit|prevent|restrict|preclude|apply)).{0,400}(?:compet|exclusiv|solicit)|"
        r"(?:compet|exclusiv|solicit)\w*.{0,500}(?:except|provided|notwithstanding|unless|other\s+than|permitted\s+to|"
        r"not\s+(?:prohibit|prevent|restrict|preclude|apply))",
        unlike=r"non-?exclusiv\w*|exclusiv\w*\s+(?:jurisdiction|venue|remed\w+|of\b)|competent|competition\s+law",
        query="Notwithstanding the foregoing restriction, the following shall not be deemed competition",
    ),
    _topic(
        "no solicitation of employees",
        "presence",
        asked=r"solicit\w*.{0,60}(?:employee|contractor|hir)|hiring|abwerb",
        worded=r"\b(?:solicit\w*|hires?|hired|hiring|employ|employing|recruit\w*|induc\w+|entic\w+|engage)\b.{0,160}\b(?:employees?|personnel|staff|contractors?|consultants?|workers?)\b|"
        r"\b(?:employees?|personnel|staff)\b.{0,80}\b(?:solicit|hire)|abwerb",
        unlike=r"(?:its|their|his)\s+(?:officers|directors|agents),?\s+employees|solicit\w*\s+(?:orders|sales|business|offers|bids|insurance)",
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
        "purchase option",
        "presence",
        asked=r"option\s+to\s+(?:purchase|buy|acquire)|(?:purchase|call|put)\s+option|kaufoption",
        worded=r"\boption\s+(?:\w+\s+){0,6}to\s+(?:purchase|buy|acquire|sell)|(?:purchase|call|put)\s+option|kaufoption|"
        r"right\s+to\s+(?:purchase|buy)\b",
        query="shall have the option to purchase the premises at the purchase price",
    ),
    _topic(
        "revenue share",
        "presence",
        asked=r"share\s+(?:of\s+)?(?:revenue|profit)|(?:revenue|profit)[- ]shar|umsatzbeteiligung",
        worded=r"(?:percent\w*|%|share|royalt\w+|commissions?)\b.{0,200}(?:revenues?|profits?|sales|sold|proceeds|receipts|fees|price)|(?:revenue|profit)\w*.{0,40}shar|\broyalt(?:y|ies)\b|(?:revenues?|profits?|proceeds|sales).{0,120}(?:percent|%|royalt|commission)",
        query="shall pay a percentage of net revenue, royalty or share of profits",
    ),
    _topic(
        "price restrictions",
        "presence",
        asked=r"(?:raise|reduce|increase)\w*.{0,30}price|price\s+restriction|preisanpassung",
        worded=r"pric\w+.{0,120}(?:increase|raise|reduce|change|adjust|exceed)|(?:increase|raise|adjust)\w*.{0,80}(?:pric|fee)|"
        r"(?:pric|fee|rate|charge)\w*.{0,80}(?:shall\s+not\s+exceed|(?:remain|be)\s+(?:firm|fixed|the\s+same))|without\s+mark-?up",
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
        worded=r"(?:exceed|in\s+excess\s+of|more\s+than|\babove\b).{0,200}(?:additional|excess|overage|increased?|higher|extra)\s+(?:\w+\s+)?(?:fee|charge|price|rate|payment|amount|rent|cost|royalt)|"
        r"(?:fee|charge|price|rate|consent|approval).{0,200}(?:exceed|in\s+excess\s+of)|(?:not|never)\s+(?:to\s+)?exceed.{0,120}(?:units?|users?|copies|quantit|volume|number|gallons|barrels|hours|day|capacity)|"
        r"maximum\s+(?:\w+\s+)?(?:number|quantit|volume|capacity)|up\s+to\s+(?:a\s+maximum\s+of\s+)?[\d(]?\w+\s*\)?\s*(?:users?|units?|copies|seats|hours|locations)",
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
        worded=r"\bgrants?\b(?!s?\s*,|\s+back|\s+of\s+(?:options?|award)).{0,240}\b(?:licen[sc]e|right|permission|authori[sz]ation|franchise)|(?:licen[sc]e|right)s?\s+(?:is|are|was|were)\s+(?:hereby\s+)?granted|"
        r"is\s+(?:hereby\s+)?granted.{0,80}(?:licen[sc]e|right)|hereby\s+licen[sc]es|\blicen[sc]e\s+to\s+(?:use|make|sell|reproduce|distribute|publish)|(?:agrees?|shall)\s+(?:to\s+)?(?:licen[sc]e|permit).{0,80}\buse\b|lizenz",
        unlike=r"permits?,?\s+(?:or\s+|and\s+)?licen[sc]es|licen[sc]es?\s*,?\s+(?:or|and)\s+(?:permits?|approvals?)|governmental.{0,40}licen[sc]\w+",
        query="hereby grants a non-exclusive license to use",
    ),
    _topic(
        "licence transfer",
        "presence",
        asked=r"transfer\s+the\s+licen[sc]e|non-?transferable",
        worded=r"non-?transferable|non-?assignable|non-?sublicens|licen[sc]\w*.{0,240}\bnot\b.{0,60}(?:transfer|sublicens|assign)|\bnot\b.{0,80}sub-?licens|without\s+the\s+right\s+to\s+sub-?licens|(?:no|any)\s+right\s+to\s+sub-?(?:licens|franchis)|sub-?licens\w*.{0,120}(?:consent|approval|prohibit)",
        query="non-exclusive, non-transferable license without the right to sublicense",
    ),
    _topic(
        "after termination",
        "presence",
        asked=r"(?:obligations?|services?|rights)\s+after\s+(?:termination|expir|the\s+end)|post-?termination|nach\s+(?:beendigung|kündigung)",
        worded=r"(?:upon|after|following|on|subsequent\s+to|beyond)\s+(?:the\s+)?(?:any\s+|such\s+|effective\s+date\s+of\s+)?(?:expiration|termination|expiry).{0,400}\b(?:shall|will|must|agrees?|may|entitled|right|continue)\b|"
        r"\b(?:shall|will|must|may|agrees?)\b.{0,300}(?:upon|after|following|subsequent\s+to)\s+(?:the\s+)?(?:any\s+|such\s+)?(?:expiration|termination|expiry)|surviv|nach\s+(?:beendigung|kündigung)",
        query="Upon expiration or termination of this Agreement the parties shall return and pay",
    ),
    _topic(
        "covenant not to sue",
        "presence",
        asked=r"contest\w*.{0,60}validity|covenant\s+not\s+to\s+sue|unrelated\s+claims",
        worded=r"\b(?:not|never|neither|nor|refrain)\b.{0,200}\b(?:contest|challenge|attack|impugn|oppose|dispute|impair)\w*\b|(?:contest|challenge|attack|dispute)\w*.{0,120}(?:validity|ownership|title)|covenant\w*.{0,60}not\s+to\s+(?:sue|assert|contest|challenge)|"
        r"\bnot\s+(?:to\s+)?sue\b|\b(?:releases?|remises?|discharges?|waives?)\b.{0,240}\b(?:claims?|actions?|suits?|demands?)\b",
        unlike=r"settle\w*.{0,300}|been\s+disputed|good\s+faith\s+dispute\w*|disputed?\s+(?:amount|invoice|charge|item)\w*|release[sd]?\s+(?:of|from|by)\s+(?:confiden|escrow)\w*|not\s+(?:be\s+)?(?:in\s+)?disputed?",
        query="shall not contest or challenge the validity or ownership of the trademarks",
    ),
    _topic(
        "liquidated damages",
        "presence",
        asked=r"liquidated\s+damages|termination\s+fee|pauschalierter?\s+schadens|vertragsstrafe",
        worded=r"liquidated\s+damages|(?:termination|cancellation|break-?up)\s+(?:fee|charge)|as\s+a\s+penalty|vertragsstrafe",
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
        # One party may be called "Affiliate": those of a party are several, or said to be somebody's.
        worded=r"\b(?:grant|sub-?licen[sc]e)\w*.{0,300}\b(?:affiliates|(?:its|their|any|an|each|such)\s+(?:\w+\s+)?affiliate)\b|"
        r"\b(?:affiliates|(?:its|their|any|an|each|such)\s+(?:\w+\s+)?affiliate)\b.{0,160}\b(?:grant|sub-?licen[sc]e\b)",
        unlike=r"licen[sc]ed\s+(?:product|trademark|mark|patent|propert|technolog|material|territor)\w*|licen[sc]ed\s+insurer\w*|sublicensees?\s+of",
        query="license granted to licensee and its affiliates",
    ),
    _topic(
        "third-party beneficiary",
        "presence",
        asked=r"third[- ]party\s+beneficiar|non-?contracting.{0,60}beneficiar|drittbegünstig",
        worded=r"third[- ]party\s+(?:\w+\s+)?benefici|benefit\s+of.{0,80}(?:third|other\s+person)|"
        r"no\s+(?:person|third\s+party).{0,80}(?:right|benefit)|"
        r"(?:not|nor)\b.{0,80}\bbenefit\w*.{0,120}\b(?:other\s+than|third|person)|drittbegünstig",
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
