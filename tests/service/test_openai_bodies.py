import pytest
from pydantic import ValidationError

from averment.core.errors import UsageError
from averment.service.openai_bodies import (
    MAX_IGNORED,
    ChatBody,
    Message,
    ResponsesBody,
    ignored_members,
    question_of,
    refuse_unmet,
)

ASKED = [{"role": "user", "content": "q"}]


def chat(**more: object) -> ChatBody:
    return ChatBody.model_validate({"model": "averment", "messages": ASKED, **more})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 2), ("n", 0), ("tool_choice", "required"), ("tool_choice", {"type": "function"}),
        ("function_call", {"name": "f"}), ("response_format", {"type": "json_object"}),
        ("response_format", {"type": "json_schema", "json_schema": {}}), ("response_format", "json"),
        ("text", {"format": {"type": "json_schema"}}), ("logprobs", True), ("top_logprobs", 3),
        ("modalities", ["text", "audio"]), ("audio", {"voice": "x"}), ("background", True), ("prompt", {"id": "p"}),
        ("conversation", "conv_1"),
    ],
)  # fmt: skip
def test_what_would_be_read_wrongly_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=f"^{name} cannot be met"):
        refuse_unmet(chat(**{name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 1), ("n", None), ("tool_choice", "auto"), ("tool_choice", "none"), ("tools", [{"type": "function"}]),
        ("response_format", {"type": "text"}), ("response_format", None), ("text", {"format": {"type": "text"}}),
        ("text", {"verbosity": "low"}), ("logprobs", False), ("top_logprobs", 0), ("modalities", ["text"]),
        ("temperature", 0.7), ("max_tokens", 1), ("stop", ["."]), ("background", False), ("never_heard_of", {"a": 1}),
    ],
)  # fmt: skip
def test_what_only_tunes_words_is_not(name: str, value: object) -> None:
    refuse_unmet(chat(**{name: value}))


def test_members_without_effect_are_named_once_in_order_and_never_with_odd_characters() -> None:
    body = chat(temperature=0, chat_id="x", seed=None, **{"<script>": 1, "a" * 65: 1})
    said = [Message(role="system", content="Never abstain."), Message(role="developer"), *body.messages]
    assert ignored_members(body, said) == ("chat_id", "messages.developer", "messages.system", "temperature")
    assert len(ignored_members(chat(**{f"x{number}": 1 for number in range(99)}), ())) == MAX_IGNORED


def test_the_question_is_the_last_text_of_the_user() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "input_text", "text": "b"}]
    messages = chat(
        messages=[*ASKED, {"role": "user", "content": parts}, {"role": "assistant", "content": None}]
    ).messages
    assert question_of(messages) == "a\nb"
    refusal = [{"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}]
    assert question_of(chat(messages=[*refusal, *ASKED]).messages) == "q"


@pytest.mark.parametrize("kind", ["image_url", "input_audio", "file", "input_image", "video_url"])
def test_a_part_that_is_no_text_is_refused_wherever_it_stands(kind: str) -> None:
    picture = {"role": "user", "content": [{"type": "text", "text": "q"}, {"type": kind, kind: {"url": "http://x"}}]}
    for messages in ([picture], [picture, *ASKED]):
        with pytest.raises(UsageError, match=f"message 1 .*{kind}"):
            question_of(chat(messages=messages).messages)


@pytest.mark.parametrize(
    "messages", [[{"role": "system", "content": "q"}], [{"role": "user", "content": " "}], [{"role": "user"}]]
)
def test_no_question_is_said_to_be_none(messages: list[object]) -> None:
    with pytest.raises(UsageError, match="no message of the user"):
        question_of(chat(messages=messages).messages)


def test_the_input_of_a_response_is_text_or_messages() -> None:
    def of(given: object) -> list[tuple[str, str]]:
        body = ResponsesBody.model_validate({"model": "averment", "input": given})
        return [(message.role, message.text()) for message in body.messages]

    assert of("q") == [("user", "q")]
    said = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "a", "annotations": []}],
    }
    assert of([{"role": "user", "content": "q"}, {"type": "reasoning", "summary": []}, said]) == [
        ("user", "q"),
        ("assistant", "a"),
    ]
    with pytest.raises(UsageError, match="item_reference"):
        of([{"type": "item_reference", "id": "x"}])
    wrong: object
    for wrong in ("", [], 1, None):
        with pytest.raises(ValidationError):
            of(wrong)
