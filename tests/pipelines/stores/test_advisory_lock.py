"""The lock of a log that several machines share: one holder at a time, free again when it ends or dies."""

import subprocess
import sys

import pytest
from pydantic import SecretStr

from averment.core.errors import ConfigurationError, StoreBusy, StoreError
from averment.pipelines.stores.advisory_lock import advisory_lock


def test_without_a_database_there_is_nothing_to_hold() -> None:
    with advisory_lock(None, name="log"), advisory_lock(None, name="log"):
        pass


def test_what_is_no_database_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"log\.lock_url"), advisory_lock(SecretStr("sqlite:///x"), name="log"):
        pass
    unreachable = SecretStr("postgresql://me:hunter2@127.0.0.1:1/x?connect_timeout=2")
    with pytest.raises(StoreError) as caught, advisory_lock(unreachable, name="log"):
        pass
    assert "hunter2" not in str(caught.value)


@pytest.mark.slow
def test_one_holder_at_a_time_and_none_after_a_death(postgres_url: str) -> None:
    url = SecretStr(f"{postgres_url}/postgres")
    with advisory_lock(url, name="log"):
        with pytest.raises(StoreBusy, match="another machine writes the log 'log'"), advisory_lock(url, name="log"):
            pass
        with advisory_lock(url, name="another"):
            pass
    holder = (
        "import sys\n"
        "from pydantic import SecretStr\n"
        "from averment.pipelines.stores.advisory_lock import advisory_lock\n"
        f"with advisory_lock(SecretStr({url.get_secret_value()!r}), name='log'):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(StoreBusy), advisory_lock(url, name="log"):
            pass
        process.kill()
    for _ in range(1000):  # the database notices the death when it reads from the closed connection
        try:
            with advisory_lock(url, name="log"):
                return
        except StoreBusy:
            continue
    pytest.fail("the lock of a dead process stays")
