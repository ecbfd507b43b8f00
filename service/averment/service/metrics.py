"""What the service measures of itself: counts, durations and ids of routes; never content.

Instruments are OpenTelemetry's, so they reach `/metrics` and an OTLP endpoint alike. A route is the pattern of its
path, so that ids in a path do not become labels.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from opentelemetry.metrics import Meter

from averment.core.answers import Usage

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_REQUEST_BOUNDS_S: Final = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_ANALYSIS_BOUNDS_S: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0)


class ServiceMetrics:
    """The instruments of the service. Thread-safe.

    Args:
        meter: Makes the instruments.
    """

    def __init__(self, meter: Meter):
        self._requests = meter.create_counter("averment_requests", description="HTTP requests answered")
        self._request_duration = meter.create_histogram(
            "averment_request_duration",
            unit="s",
            description="Time from a request to the last byte of its response",
            explicit_bucket_boundaries_advisory=_REQUEST_BOUNDS_S,
        )
        self._analyses = meter.create_counter("averment_analyses", description="Analyses ended, by how they ended")
        self._active = meter.create_up_down_counter("averment_active_analyses", description="Analyses running now")
        self._analysis_duration = meter.create_histogram(
            "averment_analysis_duration",
            unit="s",
            description="Time of an analysis without the wait for its turn",
            explicit_bucket_boundaries_advisory=_ANALYSIS_BOUNDS_S,
        )
        self._passages = meter.create_counter("averment_passages", description="Passages returned by searches")
        self._denials = meter.create_counter("averment_denials", description="Requests refused for their number")
        self._tokens = meter.create_counter("averment_model_tokens", description="Tokens of the language model")

    def count_request(self, *, route: str, method: str, status: int, duration_s: float) -> None:
        """Count a request that was answered."""
        self._requests.add(1, {"route": route, "method": method, "status": str(status)})
        self._request_duration.record(duration_s, {"route": route})

    def start_analysis(self) -> None:
        """Count an analysis as running."""
        self._active.add(1)

    def end_analysis(self, *, status: str, duration_s: float, usage: Usage | None) -> None:
        """Count an analysis that ended: `status` is the answer's, `cancelled`, or `failed`."""
        self._active.add(-1)
        self._analyses.add(1, {"status": status})
        self._analysis_duration.record(duration_s, {"status": status})
        if usage is not None:
            self._tokens.add(usage.prompt_tokens, {"kind": "prompt"})
            self._tokens.add(usage.completion_tokens, {"kind": "completion"})

    def count_denial(self, *, limit: str) -> None:
        """Count a request that a limit refused, by the setting's name."""
        self._denials.add(1, {"limit": limit})

    def count_passages(self, number: int) -> None:
        """Count the passages that a search returned."""
        self._passages.add(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """Where the service counts (`metrics`), and where `/metrics` reads what was counted (`registry`)."""

    metrics: ServiceMetrics
    registry: "CollectorRegistry"
