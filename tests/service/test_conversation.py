from dataclasses import replace
from typing import Any

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest, Turn
from averment.core.testing.backend import an_answer
from averment.service.conversation import turns_of
from averment.service.job import Job
from averment.service.openai_bodies import Message


def message(role: Any, content: str) -> Message:
    return Message(role=role, content=content)


def job(question: str, **answered: Any) -> Job:
    request = AnalysisRequest(question=question, principal=Principal(subject="ada", groups=()))
    return Job(id="1", request=request, answer=replace(an_answer("1", question), **answered))


MESSAGES = [
    message("system", "Be brief."),
    message("user", "What is the term?"),
    message("assistant", "Three years."),
    message("user", "And the rent?"),
    message("user", "And who pays it?"),
]


def test_the_messages_before_the_last_question_are_turns() -> None:
    assert turns_of(MESSAGES, []) == (
        Turn(question="What is the term?", answer="Three years."),
        Turn(question="And the rent?"),
    )
    assert turns_of(MESSAGES[:2], []) == ()
    assert turns_of([], []) == ()


def test_an_answer_of_ours_brings_what_it_cites_and_how_it_was_understood() -> None:
    known = job("What is the term?", text="Three years.", asked_as="What is the term of the lease?")
    (turn, _) = turns_of(MESSAGES, [known])
    assert turn == Turn(question="What is the term of the lease?", answer="Three years.", document_ids=("d1",))


def test_a_text_that_is_no_answer_of_ours_to_that_question_brings_nothing() -> None:
    others = [job("What is the term?", text="Four years."), job("What is the rent?", text="Three years.")]
    (turn, _) = turns_of(MESSAGES, others)
    assert turn.document_ids == ()


def test_an_answer_is_known_with_the_notice_that_a_client_was_sent_behind_it() -> None:
    known = job("What is the term?", text="Three years.", disclosure="You are using an AI system.")
    sent = message("assistant", "Three years.\n\nYou are using an AI system.")
    (turn,) = turns_of([MESSAGES[1], sent, MESSAGES[3]], [known])
    assert turn.document_ids == ("d1",)
