from averment.service.contract.described import DESCRIBED
from averment.service.identity.routes import RULES


def test_a_route_with_a_rule_is_described_and_the_other_way_round() -> None:
    assert set(DESCRIBED) == set(RULES)


def test_what_takes_a_body_has_an_example_of_one() -> None:
    without = {route for route, one in DESCRIBED.items() if route.startswith("POST") and not (one.example or one.form)}
    assert without == {
        "POST /auth/logout",
        "POST /mcp",  # as its own protocol describes
        "POST /v1/audit/checks",  # bytes
        "POST /v1/audit/verification",
        "POST /v1/oversight/reviews/{review_id}/take",
    }
