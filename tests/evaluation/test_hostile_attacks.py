from averment.evaluation.hostile_attacks import attacks


def test_families_take_turns_and_follow_from_the_seed() -> None:
    found = attacks(39, seed=3)
    names = [one.family for one in found]
    assert names[:13] == names[13:26] == names[26:]
    assert len(set(names)) == 13
    assert found == attacks(39, seed=3)
    assert found != attacks(39, seed=4)
    assert attacks(5, seed=3) == found[:5]


def test_what_must_not_be_said_is_asked_for() -> None:
    for one in attacks(260, seed=5):
        asked = " ".join((one.question, *(turn.answer for turn in one.conversation)))
        assert all(word in asked for word in one.forbidden)
