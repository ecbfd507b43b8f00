"""Text of a document that speaks to a program that reads it: "ignore all instructions", "in your answer, ...".

A contract instructs its parties, not whoever answers questions about it. Such text is marked, never removed: it is
counted in the document's warnings, sentences of it are not chosen as evidence unless a question asks for them, and an
answer from such a document says so. It is a sign for a reviewer and no defence by itself: what keeps text from being
followed is that it is only ever selected from and computed over. English and German, by wording; an instruction worded
like a question or like any other sentence is not found.
"""

import re
from dataclasses import replace
from typing import Final

from averment.core.documents import Element, ParsedDocument

INSTRUCTIONS: Final = "instructions_to_a_program"
HIDDEN_INSTRUCTIONS: Final = "hidden_instructions_to_a_program"
_REPLY: Final = r"(?:answer|response|reply|output|summary)"
_PROGRAM: Final = (
    r"(?:A\.?I\.?|artificial\s+intelligence|(?:large\s+)?language\s+models?|LLMs?|chat\s?bots?|"
    r"(?:AI|virtual|digital|automated)\s+(?:assistants?|agents?|reviewers?|readers?|systems?)|review(?:ing)?\s+systems?)"
)
_PROGRAM_DE: Final = r"(?:KI|Sprachmodelle?|Chatbots?|künstliche\s+Intelligenz|(?:Prüf|KI)-?[Ss]ysteme?)"
_WORDINGS: Final = re.compile(
    "|".join(
        (
            # What was said before shall not count.
            r"\b(?:ignore|disregard|forget|override|bypass)\s+(?:\w+\s+){0,3}?(?:earlier|previous|prior|preceding|above|"
            r"foregoing|system|your)\s+(?:\w+\s+){0,2}?(?:instructions?|prompts?|rules|directions|guidelines|messages)\b",
            r"\b(?:ignorier|missacht|vergiss|vergess)\w*\s+(?:Sie\s+)?(?:\w+\s+){0,3}?(?:vorherig|bisherig|obig|vorangehend|"
            r"früher)\w*\s+(?:Anweisung|Instruktion|Regel|Vorgabe)\w*",
            # How the reply shall look.
            rf"\b(?:in|from|to|of|with|end|begin|start|modify|change|rewrite)\s+(?:every\s+|each\s+|all\s+)?your\s+"
            rf"(?:\w+\s+)?{_REPLY}\b",
            rf"\b(?:end|begin|start|preface)\s+(?:every|each|all|any)\s+(?:\w+\s+)?{_REPLY}s?\b",
            r"\b(?:answer|reply|respond)\s+(?:only\s+with|with\s+(?:[^.\n]{1,60}\s)?(?:only|and\s+nothing\s+else)|with\s*:)",
            r"\b(?:when(?:ever)?\s+you|before)\s+(?:answer|respond|reply|answering|responding|replying)\b",
            r"\bwhatever\s+(?:is|was|they|the\s+user|anyone)\s+ask",
            r"\b(?:for|to|refuse)\s+(?:every|all|any)\s+questions?\s+(?:about|on|concerning)\s+this\s+(?:document|contract|"
            r"agreement|file|text)\b",
            r"\bin\s+(?:Ihrer|deiner|Ihre|deine|jeder)\s+(?:\w+\s+)?(?:Antwort|Zusammenfassung)\b",
            r"\bantworte(?:n\s+Sie)?\s+(?:nur|ausschließlich|stets|immer)\s+mit\b",
            # Who is spoken to.
            rf"\b(?:note|notice|attention|message|instructions?|important)\s+(?:to|for)\s+(?:(?:the|any|all)\s+)?{_PROGRAM}\b",
            rf"\b(?:Hinweis|Achtung|Nachricht|Anweisung(?:en)?)\s+(?:an|für)\s+(?:(?:die|das|jede[sn]?|alle)\s+)?{_PROGRAM_DE}",
            rf"\b{_PROGRAM}\s+(?:that\s+read\w*\s+this\s+)?(?:must|should|shall)\s+(?:always\s+)?(?:answer|reply|respond|"
            r"refuse|ignore|disregard|end\s+(?:every|each|all))\b",
            # What only the frame of a prompt has.
            r"\b(?:your|print|reveal|show|repeat|output)\s+(?:\w+\s+){0,2}?(?:system\s+prompt|hidden\s+instructions)\b",
            r"</?(?:tool_call|function_call|context|document|system|instructions?|assistant|user)\s*>|<\|[a-z_]{2,30}\|>|\[/?INST\]",
            r"!\[[^\]\n]{0,80}\]\(\s*https?:",
        )
    ),
    re.IGNORECASE,
)
_ASKED: Final = re.compile(
    rf"\b(?:prompts?|injection|instructions?|Anweisung(?:en)?|{_PROGRAM}|{_PROGRAM_DE}|tool\s+calls?)\b", re.IGNORECASE
)


def reads_like_an_instruction(text: str) -> bool:
    """Say whether a text speaks to a program that answers questions."""
    return _WORDINGS.search(text) is not None


def asks_for_instructions(question: str) -> bool:
    """Say whether a question is about such text, so that it may be quoted."""
    return _ASKED.search(question) is not None


def mark_instructions(parsed: ParsedDocument) -> ParsedDocument:
    """Count the elements that speak to a program, and those that do so without being seen, in the warnings."""
    found = [element for element in parsed.elements if reads_like_an_instruction(element.text)]
    if not found:
        return parsed
    counts = {INSTRUCTIONS: len(found), HIDDEN_INSTRUCTIONS: sum(map(_is_hidden, found))}
    return replace(parsed, warnings={**parsed.warnings, **{code: count for code, count in counts.items() if count}})


def _is_hidden(element: Element) -> bool:
    return element.is_hidden
