"""Haystack's component, set up from a profile, inside a pipeline."""

from haystack import Pipeline
from haystack.components.builders import ChatPromptBuilder
from haystack.dataclasses import ChatMessage

from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.chat_generator import build_chat_generator
from averment.pipelines.models.profiles import load_profile


def test_it_answers_in_a_pipeline_and_keeps_reasoning_apart() -> None:
    with ModelEndpoint(replies=[ScriptedReply(text="yes", reasoning="hidden")], served=("qwen3-8b",)) as endpoint:
        generator = build_chat_generator(load_profile("qwen3-8b"), base_url=endpoint.base_url, api_key="k")
        pipeline = Pipeline()
        template = [ChatMessage.from_user("Is it {{ word }}?")]
        pipeline.add_component("prompt", ChatPromptBuilder(template=template, required_variables=["word"]))
        pipeline.add_component("model", generator)
        pipeline.connect("prompt.prompt", "model.messages")
        result = pipeline.run({"prompt": {"word": "so"}, "model": {"generation_kwargs": {"max_tokens": 3}}})
        sent = endpoint.requests[0].body
    assert result["model"]["replies"][0].text == "yes"
    assert sent["max_tokens"] == 3
    assert sent["model"] == "qwen3-8b"
