from dataclasses import replace
from typing import Any

from averment.core.testing.backend import an_answer
from averment.service.response_format import events, failed, finished, opening

OPENED = opening("0", model="averment", created=1, previous="resp_9")


def test_a_whole_answer_is_one_message_with_annotations_usage_and_our_part() -> None:
    made: Any = finished(OPENED, an_answer(), ignored=("temperature",))
    assert (made["id"], made["status"], made["previous_response_id"]) == ("resp_0", "completed", "resp_9")
    (message,) = made["output"]
    (part,) = message["content"]
    assert [part["text"][a["start_index"] : a["end_index"]] for a in part["annotations"]] == ["“<b>3 y”", "1.50"]
    assert made["usage"]["total_tokens"] == 9
    assert made["averment"]["ignored"] == ["temperature"]


def test_the_events_of_an_answer_say_what_the_whole_says() -> None:
    answer = replace(an_answer(), disclosure="An AI system answered.")
    said = list(events(OPENED, answer))
    whole = finished(OPENED, answer)
    assert said[-1] == {"type": "response.completed", "response": whole}
    text = "".join(str(event["delta"]) for event in said if event["type"] == "response.output_text.delta")
    assert text == "“<b>3 y” 1.50 Trial.\n\nAn AI system answered."
    assert [event["item"] for event in said if event["type"] == "response.output_item.done"] == whole["output"]


def test_a_spent_budget_is_incomplete_and_a_failure_says_its_code() -> None:
    cut = replace(an_answer(), status="truncated")
    assert finished(OPENED, cut)["incomplete_details"] == {"reason": "max_output_tokens"}
    assert list(events(OPENED, cut))[-1]["type"] == "response.incomplete"
    broken = failed(OPENED, {"code": "AUD002", "detail": "disk full"})
    assert (broken["status"], broken["output"]) == ("failed", [])
    assert broken["error"] == {"code": "server_error", "message": "AUD002: disk full"}
