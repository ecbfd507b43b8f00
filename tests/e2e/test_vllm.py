"""The model server and the client against a real vLLM on this machine."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from averment.core.access import Principal
from averment.core.errors import ContextTooLong, ModelCancelled, ModelUnavailable, StoreBusy
from averment.core.ports import ChatMessage
from averment.pipelines.models.cancellation import Cancellation
from averment.pipelines.models.client import OpenAIChatModel
from averment.pipelines.models.http_probe import engine_version
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.models.server_state import RunningServer, find_running_server, process_started_ticks
from averment.pipelines.models.vllm_server import VllmServer
from averment.pipelines.models.vllm_supervisor import descendants
from averment.pipelines.reasoning.prompts import render
from averment.pipelines.reasoning.yes_no import chance_of_yes

pytestmark = [pytest.mark.slow, pytest.mark.vllm]

PROFILE = load_profile("smollm2-135m")
SCHEMA = {
    "type": "object",
    "properties": {"label": {"enum": ["yes", "no"]}, "lines": {"type": "array", "items": {"type": "integer"}}},
    "required": ["label", "lines"],
    "additionalProperties": False,
}
QUESTION = [
    ChatMessage(role="system", content="Answer as JSON."),
    ChatMessage(role="user", content="May the tenant sublet? [1] The Tenant shall not sublet the Premises."),
]
ALICE = Principal(subject="alice", groups=("legal",))
BOB = Principal(subject="bob", groups=("sales",))


@pytest.fixture
def model(vllm_server: RunningServer) -> OpenAIChatModel:
    return OpenAIChatModel(PROFILE, base_url=vllm_server.base_url, api_key=vllm_server.api_key)


def test_a_constrained_request_returns_json_of_the_schema_with_usage(model: OpenAIChatModel) -> None:
    completion = model.complete(QUESTION, schema=SCHEMA, max_tokens=64, seed=1, purpose="select")
    if completion.finish == "stop":
        assert json.loads(completion.text)["label"] in {"yes", "no"}
    assert completion.text.startswith('{"label":')
    assert completion.model == PROFILE.served_name
    assert (completion.prompt_tokens or 0) > 20
    assert 0 < (completion.completion_tokens or 0) <= 64
    assert completion.cached_tokens is not None


def test_the_same_request_gives_the_same_text(model: OpenAIChatModel) -> None:
    texts = {model.complete(QUESTION, schema=SCHEMA, max_tokens=32, seed=5, purpose="select").text for _ in range(2)}
    assert len(texts) == 1


def test_the_prefix_cache_is_shared_by_equal_groups_and_by_no_others(model: OpenAIChatModel) -> None:
    long_prompt = [ChatMessage(role="user", content="The Supplier shall deliver the Goods. " * 60)]

    def cached(principal: Principal) -> int:
        caller = model.for_caller(principal)
        return caller.complete(long_prompt, max_tokens=1, seed=1, purpose="read").cached_tokens or 0

    assert cached(ALICE) == 0
    assert cached(ALICE) > 100
    assert cached(BOB) == 0
    assert cached(Principal(subject="other", groups=("legal", "legal"))) > 100


def test_a_sentence_is_weighed_by_how_likely_the_model_says_yes(model: OpenAIChatModel) -> None:
    window = {"title": "Lease", "window": [(f"S{n}", "The Supplier shall deliver the Goods.") for n in range(1, 40)]}
    asked = {"question": "Which law governs the lease?", "source": "Lease", "label": "", **window}
    caller = model.for_caller(ALICE)
    told = [
        caller.first_token(render("yes_no", asked | {"sentence": sentence}).messages, seed=1, purpose="yes_no")
        for sentence in ("This Lease is governed by the laws of Norway.", "Rent is due on the first of the month.")
    ]
    assert all(0.0 <= (chance_of_yes(one.first_token or {}) or -1.0) <= 1.0 for one in told)
    assert [one.completion_tokens for one in told] == [1, 1]
    assert 0.8 < sum((told[0].first_token or {}).values()) <= 1.0001 or len(told[0].first_token or {}) == 20
    assert (told[1].cached_tokens or 0) > 0.8 * (told[1].prompt_tokens or 0), "the window is computed once"


def test_a_prompt_that_does_not_fit_is_named_with_both_figures(model: OpenAIChatModel) -> None:
    with pytest.raises(ContextTooLong) as caught:
        model.complete([ChatMessage(role="user", content="word " * 6000)], max_tokens=8, seed=1, purpose="read")
    assert caught.value.details["limit"] == 4096
    assert int(caught.value.details["got"]) > 4096


def test_a_cancelled_call_ends_at_once_and_the_server_goes_on(model: OpenAIChatModel) -> None:
    cancellation = Cancellation()
    caller = model.for_caller(ALICE, cancellation=cancellation)
    timer = threading.Timer(1.0, cancellation.cancel)
    timer.start()
    began = time.monotonic()
    with pytest.raises(ModelCancelled):
        caller.complete([ChatMessage(role="user", content="Count to 9999.")], max_tokens=3000, seed=1, purpose="write")
    assert time.monotonic() - began < 10.0
    after = model.for_caller(ALICE, priority=-1).complete(QUESTION, max_tokens=4, seed=1, purpose="read")
    assert after.completion_tokens


def test_a_wrong_key_is_refused(vllm_server: RunningServer) -> None:
    from averment.core.errors import ConfigurationError

    stranger = OpenAIChatModel(PROFILE, base_url=vllm_server.base_url, api_key="wrong")
    with pytest.raises(ConfigurationError, match="refused the key"):
        stranger.warm_up()


def test_other_commands_find_the_server_and_a_second_one_is_refused(
    vllm_server: RunningServer, vllm_environment: Path, smoke_model: Path
) -> None:
    state_dir = Path(vllm_server.log_path).parent
    assert find_running_server(state_dir) == vllm_server
    assert vllm_server.engine in {"vllm", "vllm_cpu"}
    assert engine_version(vllm_server.base_url) == vllm_server.engine_version
    assert (state_dir / "server.json").stat().st_mode & 0o077 == 0
    second = VllmServer(PROFILE, environment=vllm_environment, model_path=smoke_model, state_dir=state_dir)
    with pytest.raises(StoreBusy, match=str(vllm_server.port)):
        second.start()
    assert find_running_server(state_dir) == vllm_server


def test_haystacks_own_component_works_against_it(vllm_server: RunningServer) -> None:
    from haystack.dataclasses import ChatMessage as HaystackMessage

    from averment.pipelines.models.chat_generator import build_chat_generator

    generator = build_chat_generator(PROFILE, base_url=vllm_server.base_url, api_key=vllm_server.api_key)
    replies = generator.run([HaystackMessage.from_user("ready")], generation_kwargs={"max_tokens": 4})["replies"]
    assert len(replies) == 1


def test_no_content_is_in_the_log(vllm_server: RunningServer, model: OpenAIChatModel) -> None:
    marked = "quokkaxylophone"
    model.complete([ChatMessage(role="user", content=f"Say {marked}.")], max_tokens=4, seed=1, purpose="read")
    time.sleep(0.5)
    assert marked not in Path(vllm_server.log_path).read_text(encoding="utf-8", errors="replace")


def test_nothing_outlives_its_owner(vllm_environment: Path, smoke_model: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from averment.pipelines.models.profiles import load_profile\n"
        "from averment.pipelines.models.vllm_server import VllmServer\n"
        "s = VllmServer(load_profile('smollm2-135m'), environment=Path(sys.argv[1]), model_path=Path(sys.argv[2]),\n"
        "               state_dir=Path(sys.argv[3]), progress=lambda p: print(p.stage, flush=True))\n"
        "s.start(); print('READY', flush=True); import time; time.sleep(600)\n"
    )
    arguments = [str(vllm_environment), str(smoke_model), str(tmp_path)]
    owner = subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    # Killed in the middle of its start, when the engine's process is there and nothing is in order yet.
    for line in owner.stdout:
        if line.strip() in {"loading weights", "preparing the engine", "READY"}:
            break
    below = descendants(owner.pid)
    assert len(below) >= 3
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    deadline = time.monotonic() + 60.0
    while any(process_started_ticks(pid) is not None for pid in below) and time.monotonic() < deadline:
        time.sleep(0.25)
    assert [pid for pid in below if process_started_ticks(pid) is not None] == []
    assert find_running_server(tmp_path) is None


def test_a_model_that_is_no_model_is_an_error_with_the_reason(vllm_environment: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text('{"architectures": ["NoSuchModel"], "model_type": "nosuch"}', encoding="utf-8")
    (folder / "model.safetensors").write_bytes(b"")
    server = VllmServer(PROFILE, environment=vllm_environment, model_path=folder, state_dir=tmp_path / "state")
    before = set(descendants(os.getpid()))  # another test's server may be among them
    with pytest.raises(ModelUnavailable, match="vLLM ended with status"):
        server.start()
    assert find_running_server(tmp_path / "state") is None
    left = [pid for pid in descendants(os.getpid()) if pid not in before]
    assert all("vllm" not in name for name in _names(left))


def _names(pids: list[int]) -> list[str]:
    found = []
    for pid in pids:
        try:
            found.append(Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").lower())
        except OSError:
            continue
    return found
