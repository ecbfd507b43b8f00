"""An installation that has read nothing, driven inside the test's process."""

import pytest

from tests.e2e.installation import Installation, make_installation


@pytest.fixture(scope="session")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return make_installation(tmp_path_factory.mktemp("empty"))
