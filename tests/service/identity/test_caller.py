from averment.core.access import Principal
from averment.service.identity.caller import Caller


def test_what_a_session_keeps_is_read_back_as_a_session() -> None:
    who = Principal(subject="https://id.example#1", groups=("everyone", "légal"), tenant="t", roles=("analyst",))
    caller = Caller(principal=who, way="key", purpose="review", scopes=("search",), is_local=True)
    found = Caller.from_text(caller.to_text())
    assert (found.way, found.principal, found.purpose) == ("session", who, "review")
    assert (found.scopes, found.is_local) == (("search",), True)
