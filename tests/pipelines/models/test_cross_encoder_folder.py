from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ConfigurationError, ModelUnavailable
from averment.pipelines.models.cross_encoder_folder import CrossEncoderFolder

from .test_cross_encoder import make_model


def opened(path: Path, check: Any = lambda _: None) -> CrossEncoderFolder:
    return CrossEncoderFolder(path, role="judge", hint="name another", check=check)


def test_a_folder_without_a_model_is_refused_with_its_role_and_mend(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no judge in") as error:
        opened(tmp_path)
    assert error.value.hint == "name another"


@pytest.mark.slow
def test_a_model_is_loaded_once_and_one_that_does_not_fit_never(tmp_path: Path) -> None:
    path = make_model(tmp_path / "tiny")
    seen: list[object] = []
    folder = opened(path, seen.append)
    assert folder.model() is folder.model()
    assert seen == [folder.model()]
    assert folder.model_id.startswith("tiny@")

    def refuse(_: object) -> None:
        raise ConfigurationError("does not fit")

    unfit = opened(path, refuse)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="does not fit"):
            unfit.model()
