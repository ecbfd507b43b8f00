"""A cross-encoder in a local folder: looked at when it is named, loaded when it is first used."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from averment.core.errors import ModelUnavailable
from averment.pipelines.models.model_folder import is_model_folder, model_digest

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class CrossEncoderFolder:
    """The folder of a cross-encoder of sentence-transformers. Safe for several threads.

    Args:
        path: The folder.
        role: What the model is here, for messages.
        hint: The mend where it is none.
        check: Raises where a loaded model does not fit its role.

    Raises:
        ModelUnavailable: There is no such folder.
    """

    def __init__(self, path: Path, *, role: str, hint: str, check: "Callable[[CrossEncoder], None]") -> None:
        if not is_model_folder(path):
            raise ModelUnavailable(f"no {role} in {str(path)!r}: expected config.json and *.safetensors", hint=hint)
        self.path = path
        self.model_id = f"{path.name}@{model_digest(path)}"
        self._role, self._hint, self._check = role, hint, check
        self._loading = threading.Lock()
        self._model: CrossEncoder | None = None

    def model(self) -> "CrossEncoder":
        """Return the model, loaded once.

        Raises:
            ModelUnavailable: The folder holds no usable model.
            ConfigurationError: It does not fit its role.
        """
        with self._loading:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> "CrossEncoder":
        from sentence_transformers import CrossEncoder

        try:
            model: CrossEncoder = CrossEncoder(
                str(self.path), device="cpu", local_files_only=True, trust_remote_code=False
            )
        except (OSError, ValueError, KeyError, RuntimeError) as cause:
            raise ModelUnavailable(
                f"the {self._role} in {str(self.path)!r} cannot be loaded ({type(cause).__name__})", hint=self._hint
            ) from cause
        self._check(model)
        return model
