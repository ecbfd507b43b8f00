"""The model as a Haystack component: `VLLMChatGenerator`, set up from a profile.

Use it in Haystack pipelines; `averment.pipelines.models.client` is the same component behind our port, with the
checks that the port promises.
"""

from typing import TYPE_CHECKING

from averment.pipelines.models.profiles import ModelProfile

if TYPE_CHECKING:
    from haystack_integrations.components.generators.vllm import VLLMChatGenerator


def build_chat_generator(
    profile: ModelProfile, *, base_url: str, api_key: str | None = None, timeout_s: float = 120.0
) -> "VLLMChatGenerator":
    """Build Haystack's chat generator for the profile's model.

    It does not try again by itself and takes no proxy from the environment. Parameters of a call are passed at
    run time as `generation_kwargs`; `request.generation_arguments` makes them.
    """
    from haystack.utils import Secret
    from haystack_integrations.components.generators.vllm import VLLMChatGenerator

    return VLLMChatGenerator(
        model=profile.served_name,
        api_key=Secret.from_token(api_key) if api_key else None,
        api_base_url=base_url,
        timeout=timeout_s,
        max_retries=0,
        http_client_kwargs={"trust_env": False, "follow_redirects": False},
    )
