from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.models.server_log import explain_end, last_stage

START = "(APIServer pid=1) INFO 11-22 14:00:00 [api_utils.py:286] non-default args: {}\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "vllm.log"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_stage_follows_the_log(tmp_path: Path) -> None:
    assert last_stage(tmp_path / "none.log") == "loading libraries"
    assert last_stage(written(tmp_path, START)) == "reading the model's configuration"
    loading = "(EngineCore pid=2) INFO [cpu_model_runner.py:68] Starting to load model /m...\n"
    assert last_stage(written(tmp_path, START + loading)) == "loading weights"
    assert last_stage(written(tmp_path, START + loading + "INFO: Application startup complete.\n")) == "listening"


def test_the_specific_error_of_a_start_is_preferred_to_those_that_wrap_it(tmp_path: Path) -> None:
    text = (
        "(EngineCore pid=2) ERROR [core.py:1] Traceback\n"
        "(EngineCore pid=2) ERROR [core.py:1] ValueError: To serve at least one request, 1.0 GiB is needed\n"
        "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}\n"
    )
    assert explain_end(written(tmp_path, text)) == "ValueError: To serve at least one request, 1.0 GiB is needed"


def test_after_the_start_only_the_kind_of_error_is_passed_on(tmp_path: Path) -> None:
    text = "INFO: Application startup complete.\nValueError: the secret of the prompt\n"
    assert explain_end(written(tmp_path, text)) == "ValueError"


@pytest.mark.parametrize(("code", "words"), [("-4", "SIGILL"), ("-9", "SIGKILL"), ("-11", "SIGSEGV")])
def test_a_death_by_signal_is_put_in_words(tmp_path: Path, code: str, words: str) -> None:
    text = f"Worker proc VllmWorker-0 died unexpectedly (exit code: {code}), shutting down.\nRuntimeError: cancelled\n"
    assert words in explain_end(written(tmp_path, text))


def test_a_log_without_an_error_is_no_riddle(tmp_path: Path) -> None:
    assert explain_end(written(tmp_path, "hello\n")) == "no error was logged"


@given(content=st.binary(max_size=2000))
def test_any_log_can_be_read(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("log") / "vllm.log"
    path.write_bytes(content)
    assert last_stage(path)
    assert len(explain_end(path)) <= 300
