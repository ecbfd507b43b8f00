"""A log that is behind refuses, names what is waited for, and says that it may be tried again."""

import pytest

from averment.compliance.log.options import Backlog, LogOptions
from averment.core.errors import AuditWriteFailed

OPTIONS = LogOptions(max_waiting=5, max_unsealed=7)


def test_what_is_within_the_limits_is_taken() -> None:
    OPTIONS.refuse_when_behind(Backlog(waiting=4, unsealed=6, reason=""))


@pytest.mark.parametrize(
    ("waiting", "unsealed", "words"),
    [(5, 0, "5 entries wait for the disk"), (0, 9, "9 entries wait for a signed checkpoint: no witness")],
)
def test_what_is_beyond_is_refused(waiting: int, unsealed: int, words: str) -> None:
    reason = "no witness" if unsealed else ""
    with pytest.raises(AuditWriteFailed, match=words) as caught:
        OPTIONS.refuse_when_behind(Backlog(waiting=waiting, unsealed=unsealed, reason=reason))
    assert caught.value.details == {"retry_after_s": 2}
    assert caught.value.retryable
