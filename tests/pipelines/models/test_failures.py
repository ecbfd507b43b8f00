from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.models.failures import retry_after_s


@given(st.one_of(st.none(), st.text(max_size=20), st.floats().map(str), st.integers().map(str)))
def test_a_wait_is_a_number_of_seconds_or_unknown(header: str | None) -> None:
    wait = retry_after_s(header)
    assert wait is None or wait >= 0


def test_a_wait_is_rounded_up() -> None:
    assert (retry_after_s("0.1"), retry_after_s("7"), retry_after_s("-3")) == (1, 7, 0)
    assert retry_after_s("Wed, 21 Oct 2026 07:28:00 GMT") is None
