"""An adapter of random weights, served by a real vLLM beside its model."""

from pathlib import Path

import pytest

from averment.core.ports import ChatMessage
from averment.core.settings import AdapterSettings, ModelSettings, Settings
from averment.pipelines.models.adapters import adapters_of
from averment.pipelines.models.configured import find_model
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.models.vllm_command import ServeLimits
from averment.pipelines.models.vllm_server import ServerOptions, VllmServer
from tests.pipelines.models.lora import write_adapter

pytestmark = [pytest.mark.slow, pytest.mark.vllm]

PROFILE = load_profile("smollm2-135m")
ASKED = [ChatMessage(role="user", content="Name a colour and say why you like it.")]


def test_an_adapter_answers_by_its_name_with_its_own_weights(
    vllm_environment: Path, smoke_model: Path, tmp_path: Path
) -> None:
    folder = write_adapter(
        tmp_path / "adapter", base=str(PROFILE.repository), layers=30, shapes=((576, 576), (192, 576))
    )
    chosen = ModelSettings(adapters=(AdapterSettings(name="contracts", path=folder),))
    settings = Settings(data_dir=tmp_path / "data", model=chosen)
    server = VllmServer(
        PROFILE,
        environment=vllm_environment,
        model_path=smoke_model,
        state_dir=settings.data_dir / "model",
        options=ServerOptions(
            limits=ServeLimits(context_tokens=1024, max_num_seqs=2), adapters=adapters_of(settings, PROFILE)
        ),
    )
    replies = {}
    with server:
        for name in (None, "contracts"):
            asked = settings.model_copy(update={"model": chosen.model_copy(update={"adapter": name})})
            model = find_model(asked)
            assert model is not None
            try:
                model.check_served()
                replies[name] = model.complete(ASKED, max_tokens=12, seed=1, purpose="write")
            finally:
                model.close()
    assert (replies[None].model, replies["contracts"].model) == (PROFILE.served_name, "contracts")
    assert replies[None].text != replies["contracts"].text
