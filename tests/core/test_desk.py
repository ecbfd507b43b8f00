from averment.core.desk import About, PurposeChoice
from averment.core.jsonable import to_json


def test_what_the_page_is_told_of_the_system_is_plain_data() -> None:
    purpose = PurposeChoice(code="review", status="assessed", description="Contract review")
    about = About(
        version="1", mode="assessed", default_purpose="review", purposes=(purpose,), roles=(), notice_version="1"
    )
    assert to_json(about) == {
        "version": "1",
        "mode": "assessed",
        "default_purpose": "review",
        "purposes": [{"code": "review", "status": "assessed", "description": "Contract review"}],
        "roles": [],
        "notice_version": "1",
    }
