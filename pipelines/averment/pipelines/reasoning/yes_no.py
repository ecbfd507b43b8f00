"""Sentences chosen one by one: how likely the language model says yes, where it is asked whether one answers.

It is asked for one token a sentence, and the probabilities of yes and no are read; what it would write does not matter.
Requests about one question differ in their last lines alone, so that the server computes the rest once. A model that
always thinks before it replies has no first word to read, and chooses nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from averment.core.answers import ModelCall
from averment.pipelines.reasoning.drafting import OFFERED
from averment.pipelines.reasoning.model_desk import ModelDesk, tokens_of
from averment.pipelines.reasoning.prompts import one_line
from averment.pipelines.reasoning.reader import Candidate
from averment.pipelines.reasoning.window import MAX_TITLE_CHARS, SentencesOf, show

MOST_CHOSEN: Final = 3
_AROUND: Final = " \t\n\u2581\u0120.,:;!\"'*"
"""What stands around a word in a token: blanks, and the marks that tokenizers print for them."""


def choose(
    desk: ModelDesk, candidates: Sequence[Candidate], *, question: str, sentences_of: SentencesOf
) -> tuple[list[Candidate] | None, tuple[ModelCall, ...]]:
    """Choose among the best candidates those that the model holds to answer, the surest first.

    Returns:
        The chosen, and None where the model gave nothing usable about one of them; and the calls that were completed.
    """
    shown = show(candidates[:OFFERED], sentences_of=sentences_of, max_tokens=desk.window_tokens)
    labels = dict(shown.window)
    chances: list[tuple[float, Candidate]] = []
    calls: list[ModelCall] = []
    for label, item in shown.offered.items():
        variables = {
            "title": shown.title,
            "window": shown.window,
            "question": question,
            "label": label if label in labels else "",
            "source": one_line(item.source.document.title)[:MAX_TITLE_CHARS],
            "sentence": one_line(item.span.text),
        }
        told, call = desk.ask_first_token("yes_no", variables, labels=shown.labels)
        calls += [call] if call is not None else []
        chance = chance_of_yes(told) if told is not None else None
        if chance is None:
            return None, tuple(calls)
        chances.append((chance, item))
    sure = [one for one in chances if one[0] >= desk.yes_no_threshold]
    sure.sort(key=lambda one: -one[0])
    return [item for _, item in sure[:MOST_CHOSEN]], tuple(calls)


def tokens_spent(calls: Sequence[ModelCall]) -> int:
    """Return the tokens that calls about one question spent; what all of them begin with counts once."""
    alike = min((call.input_tokens or 0 for call in calls), default=0)
    return sum(map(tokens_of, calls)) - alike * max(0, len(calls) - 1)


def chance_of_yes(first_token: Mapping[str, float]) -> float | None:
    """Return how much likelier (0-1) yes is than no as the first word of a reply; None where it may be neither.

    >>> chance_of_yes({"Yes": 0.5, " yes": 0.1, "No": 0.2, "The": 0.2})
    0.75
    """
    likely = {"yes": 0.0, "no": 0.0}
    for token, probability in first_token.items():
        word = token.strip(_AROUND).casefold()
        if word in likely:
            likely[word] += probability
    either = likely["yes"] + likely["no"]
    return likely["yes"] / either if either > 0 else None
