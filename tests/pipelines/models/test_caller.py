"""Callers share what a server keeps of prompts with their equals only."""

from averment.core.access import Principal
from averment.pipelines.models.caller import cache_salt

ALICE = Principal(subject="alice", groups=("legal", "all"))


def test_salts_are_equal_for_equal_tenant_and_groups_only() -> None:
    key = b"k" * 32
    same = Principal(subject="bob", groups=("all", "legal", "all"))
    assert cache_salt(key, ALICE) == cache_salt(key, same)
    others = {
        cache_salt(key, None),
        cache_salt(key, Principal(subject="alice", groups=())),
        cache_salt(key, Principal(subject="alice", groups=("legal",))),
        cache_salt(key, Principal(subject="alice", groups=("legal", "all"), tenant="other")),
        cache_salt(b"x" * 32, ALICE),
    }
    assert len(others) == 5
    assert cache_salt(key, ALICE) not in others
