"""Which language model answers now: a service outlives the model server beside it.

A configured endpoint is one model for good. A vLLM that `averment model serve` started is looked for before every
analysis, so that one started later is used and one started again is found at its new address.
"""

import threading
from dataclasses import dataclass

from averment.core.ports import ChatModel
from averment.core.settings import Settings
from averment.pipelines.models.configured import MODEL_FOLDER, find_model, profile_of
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.models.server_state import RunningServer, find_running_server


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentModel:
    """A model, or none, and the profile it runs under."""

    model: ChatModel | None
    profile: ModelProfile


class ModelWatch:
    """Knows the model of the moment. Thread-safe.

    Args:
        settings: Names the endpoint, or the data directory where a running server leaves its address.
    """

    def __init__(self, settings: Settings):
        self._settings = settings
        self._lock = threading.Lock()
        self._server: RunningServer | None = None
        self._current: CurrentModel | None = None

    def current(self) -> CurrentModel:
        """Return the model; the same object for as long as the same server runs."""
        with self._lock:
            server = self._find_server()
            if self._current is None or server != self._server:
                model = find_model(self._settings)
                profile = model.profile if model is not None else profile_of(self._settings)
                self._server, self._current = server, CurrentModel(model=model, profile=profile)
            return self._current

    def _find_server(self) -> RunningServer | None:
        chosen = self._settings.model
        if not chosen.enabled or chosen.endpoint:
            return None
        return find_running_server(self._settings.data_dir / MODEL_FOLDER)
