from averment.core.oversight import Standing


def test_an_answer_is_set_aside_by_override_and_reject_alone() -> None:
    def standing(state: str) -> Standing:
        return Standing(answer_id="a", state=state, reason=None, decided_at=None, correction=None, entry=0)  # type: ignore[arg-type]  # every state is tried

    states = ("open", "accept", "edit", "override", "reject")
    assert [state for state in states if standing(state).is_set_aside] == ["override", "reject"]
