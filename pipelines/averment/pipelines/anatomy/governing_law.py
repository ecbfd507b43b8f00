"""Which law governs a contract, with the place of the clause that says so. English and German."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_LEAD: Final = (
    r"(?:the\s+)?(?:applicable\s+|internal\s+|substantive\s+|domestic\s+|local\s+|procedural\s+|material\s+"
    r"|and\s+|current\s+)*"
)
_VERB: Final = (
    r"\b(?:govern(?:ed|ing|s)?|constru(?:ed|ction)|interpret(?:ed|ation)|determined|enforced|controlled|subject"
    r"|regulated|appl(?:y|ied|ies|icable|ication)|entered\s+into|made|deemed)\b"
)
_BODY: Final = (
    r"(?P<body>(?:State|Commonwealth|Province|Territory|Republic|Kingdom|Federal\s+Republic"
    r"|People[’']?s\s+Republic|Grand\s+Duchy|District|Canton"
    r"|Federation|Principality|Emirate|Nation)\s+of\s+(?:the\s+)?)?"
)
_NAME: Final = r"(?P<name>[A-ZÄÖÜ][\w.’'-]*(?:\s+(?:(?:and|of|the|und)\s+)*[A-ZÄÖÜ][\w.’'-]*){0,5})"
_LAWS_OF: Final = re.compile(
    rf"\b{_LEAD}(?i:laws?|statutes|legislation)(?:\s+(?:and\s+\w+|in\s+force|\([^()]*\)|then\s+in\s+effect"
    rf"|currently\s+in\s+effect)|,?\s+\(?(?i:(?:and|but)\s+not\s+the|not\s+the|without\s+regard\s+to|without\s+reference\s+to"
    rf"|excluding)\s+[\w\s]{{3,60}}?\)?,)?,?\s+(?i:of|in|from|for|applicable\s+in|in\s+force\s+in)\s+"
    rf"(?i:the\s+)?(?i:{_BODY})(?i:the\s+)?{_NAME}"
)
_NAMED_LAW: Final = re.compile(
    r"\b(?:by|under|with|to|application\s+of)\s+(?:the\s+)?(?:internal\s+"
    r"|substantive\s+)?(?P<name>[A-Z][\w.-]+(?:\s[A-Z][\w.-]+){0,2})\s+(?:state\s+"
    r"|substantive\s+)?[Ll]aws?\b"
    r"|(?:^|\bthat\s)\W*(?:[Tt]he\s)?(?P<first>[A-Z][\w.-]+(?:\s[A-Z][\w.-]+){0,2})\s+[Ll]aws?\s+(?:shall|will|governs?|appl(?:ies|y))"
    r"|\bapply\s+(?:the\s+)?(?:substantive\s+)?(?P<applied>[A-Z][\w.-]+(?:\s[A-Z][\w.-]+){0,2})\s+(?:substantive\s+)?[Ll]aws?\b"
)
# "made in the State of X and construed according to the laws thereof", "Governing Law: X."
_THEREOF: Final = re.compile(
    rf"\b(?:in|of)\s+(?i:the\s+)?(?i:{_BODY})(?i:the\s+)?{_NAME},?\s[^.]{{0,120}}?\b(?i:laws?)\s+(?:thereof|of\s+(?:that|such|said)\s)"
)
_HEADED: Final = re.compile(
    r"\b(?:(?:[Gg]overning|[Aa]pplicable|GOVERNING|APPLICABLE)\s+(?:[Ll]aw|LAW)|[Cc]hoice\s+of\s+[Ll]aw|Rechtswahl|Anwendbares\s+Recht)"
    r"\s*[.:–-]\s*(?:The\s+|the\s+)?(?:[Ss]tate\s+of\s+)?(?P<name>[A-Z][\w’'-]+(?:\s(?:and\s|of\s)?[A-Z][\w’'-]+){0,2})\s*(?:\.|;|$)"
)
_GERMAN: Final = re.compile(
    r"\b(?:Recht(?:s|e)?\s+(?:der|des|von)\s+(?P<state>(?:Bundesrepublik\s+|Republik\s+"
    r"|Schweizerischen\s+)?[A-ZÄÖÜ]\w+)"
    r"|(?P<adjective>deutsche[ms]?|österreichische[ms]?|schweizer(?:ische[ms]?)?|liechtensteinische[ms]?"
    r"|englische[ms]?|französische[ms]?)\s+(?:materielle[ms]?\s+)?Recht)\b",
    re.I,
)
_GERMAN_CUE: Final = re.compile(r"\b(?:unterlieg|gilt|gelten|findet|Anwendung|anwendbar|maßgeb|Rechtswahl)", re.I)
_SENTENCE: Final = re.compile(r"(?<=[.;!?])[”\"’)]*\s+(?=[“\"„(]?[A-ZÄÖÜ§\d(])(?<!\b[A-Z]\.\s)(?<!Inc\.\s)(?<!No\.\s)")
# What follows a name printed in capitals, and is none.
_CUT: Final = re.compile(
    r"\s(?:WITHOUT|GIVING|IN|EXCLUDING|EXCEPT|AS|APPLICABLE|WHICH|SHALL|WILL|OTHER|EXCLUSIVE|WITH|TO)\b"
)
# Federal law and that of a state: the state tells contracts apart.
_FEDERAL: Final = re.compile(r"^United\s+States(?:\s+of\s+America)?\s+and\s+(?:of\s+)?(?:the\s+)?(?=\S)", re.I)
_UNION: Final = "United States of America"
_DECIDES: Final = re.compile(r"\b(?:arbitrat|tribunal|court|dispute|controvers)", re.I)
_STRONG: Final = re.compile(r"\bgovern(?:ed|ing|s)?\b|\bapplicable\s+law|\bchoice\s+of\s+law", re.I)
_CONSTRUED: Final = re.compile(
    r"\bapplication\b|\b(?:construed|interpreted|enforced|determined|resolved)(?:\s+and\s+\w+)?\s+(?:under"
    r"|in\s+accordance\s+with|according\s+to)\b",
    re.I,
)
_NO_PLACE: Final = frozenset(
    re.findall(
        r"\S+",
        "applicable federal state local common such agreement section conflict conflicts its which any party other "
        "this parties license act securities bankruptcy governing sccs chosen jurisdiction country land "
        "foreign other every each place venue courts court company customer provider",
    )
)
_COMMON: Final = {
    "people's republic of china": "China",
    "peoples republic of china": "China",
    "prc": "China",
    "p.r.c": "China",
    "p.r. china": "China",
    "bundesrepublik deutschland": "Germany",
    "federal republic of germany": "Germany",
    "republik österreich": "Austria",
    "schweizerischen eidgenossenschaft": "Switzerland",
    "u.s.a": "United States of America",
    "united states": "United States of America",
    "uk": "United Kingdom",
    "italian": "Italy",
    "english": "England",
    "german": "Germany",
    "swiss": "Switzerland",
    "austrian": "Austria",
    "french": "France",
    "israeli": "Israel",
    "chinese": "China",
    "canadian": "Canada",
    "japanese": "Japan",
    "dutch": "Netherlands",
    "irish": "Ireland",
    "indian": "India",
    "scots": "Scotland",
    "swedish": "Sweden",
    "danish": "Denmark",
    "norwegian": "Norway",
}
# Places and what is said for them: "X law" is the law of a place only where X is one ("antitrust law" is none).
_PLACES: Final = frozenset(
    name.strip()
    for name in """
alabama, alaska, arizona, arkansas, california, colorado, connecticut, delaware, florida, georgia, hawaii, idaho,
illinois, indiana, iowa, kansas, kentucky, louisiana, maine, maryland, massachusetts, michigan, minnesota,
mississippi, missouri, montana, nebraska, nevada, new hampshire, new jersey, new mexico, new york, north carolina,
north dakota, ohio, oklahoma, oregon, pennsylvania, rhode island, south carolina, south dakota, tennessee, texas,
utah, vermont, virginia, washington, west virginia, wisconsin, wyoming, district of columbia, puerto rico, alberta,
british columbia, manitoba, new brunswick, nova scotia, ontario, quebec, québec, saskatchewan, england, wales, england
and wales, scotland, northern ireland, ireland, germany, austria, switzerland, liechtenstein, luxembourg, france,
belgium, netherlands, the netherlands, italy, spain, portugal, denmark, sweden, norway, finland, iceland, poland,
hungary, greece, cyprus, malta, turkey, russia, ukraine, kazakhstan, israel, egypt, south africa, nigeria, kenya,
india, pakistan, bangladesh, sri lanka, china, hong kong, macau, taiwan, japan, korea, south korea, singapore,
malaysia, thailand, vietnam, indonesia, philippines, australia, new south wales, victoria, queensland, western
australia, south australia, tasmania, new zealand, canada, mexico, brazil, argentina, chile, peru, colombia, panama,
bermuda, cayman islands, british virgin islands, bahamas, barbados, jersey, guernsey, isle of man, marshall islands,
liberia, united kingdom, united states, united states of america, united arab emirates, saudi arabia, qatar, kuwait,
bahrain, dubai, czech, slovak, slovenian, croatian, romanian, bulgarian, polish, hungarian, greek, spanish,
portuguese, belgian, finnish, icelandic, russian, ukrainian, turkish, australian, brazilian, mexican, korean,
taiwanese, thai, vietnamese, indonesian, philippine, malaysian, singaporean, south african
""".replace("\n", " ").split(",")
)
_GERMAN_NAMES: Final = {
    "deutsch": "Germany",
    "österreich": "Austria",
    "schweiz": "Switzerland",
    "liechtenstein": "Liechtenstein",
    "englisch": "England",
    "französisch": "France",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLaw:
    """A governing law; `start:end` is the sentence that names it, in the text that was read."""

    jurisdiction: str
    start: int
    end: int


def find_governing_law(text: str) -> FoundLaw | None:
    """Return the law that governs a contract; the clause that says "governed" wins over others.

    Args:
        text: A contract, its white space folded.

    Example:
        >>> find_governing_law("This Lease is governed by the laws of the State of Maine.").jurisdiction
        'Maine'
    """
    found = sorted(_candidates(text), key=lambda pair: (-pair[0], pair[1].start))
    return found[0][1] if found else None


def _candidates(text: str) -> Iterator[tuple[int, FoundLaw]]:
    for match in _HEADED.finditer(text):
        if _is_place(match["name"]):
            yield 2, FoundLaw(jurisdiction=_common_name(match["name"]), start=match.start(), end=match.end())
    for start, end in _sentences(text):
        sentence = text[start:end]
        name = _english(sentence) or _german(sentence)
        if name and name.lower() not in _NO_PLACE and name.split()[0].lower() not in _NO_PLACE:
            strength = 2 * bool(_STRONG.search(sentence)) + bool(
                re.search(r"\b(?:agreement|contract|vertrag)", sentence, re.I)
            )
            yield strength, FoundLaw(jurisdiction=name, start=start, end=end)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a text that can name a law: sentences around the word, at most so long."""
    done = -1
    for word in re.finditer(r"\b(?:laws?|LAWS?|Law|Laws|legislation|Legislation|Recht(?:s|e)?|statutes)\b", text):
        if word.start() < done:
            continue
        begin = max(0, word.start() - 700)
        cuts = [match.end() for match in _SENTENCE.finditer(text, begin, word.start())]
        start = cuts[-1] if cuts else begin
        ending = _SENTENCE.search(text, word.end(), min(len(text), word.end() + 500))
        end = ending.start() if ending else min(len(text), word.end() + 400)
        done = end
        yield start, end


def _english(sentence: str) -> str | None:
    if re.search(_VERB, sentence, re.I) is None:
        return None
    chosen = [
        _common_name(f"{match['body'] or ''}{match['name']}")
        for match in _LAWS_OF.finditer(sentence)
        if _is_choice(sentence, match.start(), match.end())
    ]
    if chosen:
        # Federal law and that of a state: the state tells contracts apart.
        return next((name for name in chosen if name != _UNION), _UNION)
    return _named_law(sentence) or _thereof(sentence)


def _named_law(sentence: str) -> str | None:
    """Return the law of "governed by Swiss law", "New York law applies", "the arbitrators shall apply Swiss law"."""
    for named in _NAMED_LAW.finditer(sentence):
        is_plain = _STRONG.search(sentence) or _CONSTRUED.search(sentence) or named["first"]
        if not is_plain and not (named["applied"] and _DECIDES.search(sentence)):
            continue
        name = named["name"] or named["first"] or named["applied"]
        if _is_place(name):
            return _common_name(name)
    return None


def _is_place(name: str) -> bool:
    plain = " ".join(name.split()).lower()
    return plain in _PLACES or plain in _COMMON


def _thereof(sentence: str) -> str | None:
    """Return the law of "made in the State of X and construed according to the laws thereof"."""
    match = _THEREOF.search(sentence)
    return _common_name(f"{match['body'] or ''}{match['name']}") if match else None


def _is_choice(sentence: str, start: int, end: int) -> bool:
    """Tell "governed by the laws of X" from "a corporation organized under the laws of X"."""
    before, after = sentence[max(0, start - 160) : start], sentence[end : end + 80]
    if re.search(
        r"\b(?:organi[sz]ed|incorporated|existing|formed|established|registered|chartered|corporation)\b[^.]{0,60}$",
        before,
        re.I,
    ):
        return False
    if re.search(r"\b(?:exclud\w+|other than|without regard|conflicts?)\b[^.]{0,40}$", before, re.I):
        return False
    return bool(
        re.search(_VERB, before, re.I) or re.search(r"^[^.]{0,60}\b(?:govern|apply|applies|control)", after, re.I)
    )


def _german(sentence: str) -> str | None:
    if _GERMAN_CUE.search(sentence) is None:
        return None
    match = _GERMAN.search(sentence)
    if match is None:
        return None
    if match["state"]:
        return _common_name(match["state"])
    return next(name for stem, name in _GERMAN_NAMES.items() if match["adjective"].lower().startswith(stem))


def _common_name(name: str) -> str:
    """Write a jurisdiction the way it is called: without "State of", not in capitals."""
    plain = _CUT.split(" ".join(name.split()), maxsplit=1)[0].strip(" .,’'")
    plain = _FEDERAL.sub("", plain)
    key = plain.lower().replace("’", "'")
    plain = re.sub(r"\s+(?:Special\s+Administrative\s+Region|SAR)\b.*$", "", plain, flags=re.I)
    if key in _COMMON:
        return _COMMON[key]
    plain = re.sub(
        r"^(?:(?:State|Commonwealth|Province|Territory|Kingdom|Republic|Nation|Grand Duchy)\s+of\s+(?:the\s+)?)+",
        "",
        plain,
        flags=re.I,
    )
    plain = re.sub(r"\s+(?:and|of|the|without|und)$", "", plain, flags=re.I)
    if plain.isupper() and len(plain) > 3:
        plain = plain.title().replace(" And ", " and ").replace(" Of ", " of ").replace(" The ", " the ")
    return _COMMON.get(plain.lower(), plain)
