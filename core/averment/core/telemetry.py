"""Traces and metrics through the OpenTelemetry SDK: ids, counts, sizes and durations only, never content.

Without an OTLP endpoint nothing leaves the process. Names: spans `averment.<area>.<verb>`,
metrics `averment_<noun>_<unit>[_total]`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

from averment.core.errors import ConfigurationError
from averment.core.settings import TelemetrySettings

SCOPE = "averment"
Attribute = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """The providers of this process; `close` flushes what is pending."""

    tracer_provider: TracerProvider
    meter_provider: MeterProvider

    def close(self) -> None:
        """Flush and stop exporters."""
        self.tracer_provider.shutdown()
        self.meter_provider.shutdown()


def start_telemetry(
    settings: TelemetrySettings,
    *,
    processors: tuple[SpanProcessor, ...] = (),
    readers: tuple[MetricReader, ...] = (),
) -> Telemetry:
    """Install the providers of this process, with an OTLP exporter when an endpoint is set.

    Args:
        settings: The endpoint and the service name.
        processors: More span processors, such as an in-memory one in tests.
        readers: More metric readers, such as the service's `/metrics`.
    """
    resource = Resource.create({"service.name": settings.service_name})
    all_readers = [*readers]
    tracer_provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    for processor in processors:
        tracer_provider.add_span_processor(processor)
    if settings.otlp_endpoint:
        span_processor, reader = _otlp(settings.otlp_endpoint.rstrip("/"))
        tracer_provider.add_span_processor(span_processor)
        all_readers.append(reader)
    meter_provider = MeterProvider(resource=resource, metric_readers=all_readers, shutdown_on_exit=False)
    trace.set_tracer_provider(tracer_provider)
    metrics.set_meter_provider(meter_provider)
    return Telemetry(tracer_provider=tracer_provider, meter_provider=meter_provider)


@contextmanager
def span(name: str, attributes: Mapping[str, Attribute] | None = None) -> Iterator[trace.Span]:
    """Open a span `averment.<area>.<verb>`; an error marks it with its class, without its message."""
    tracer = trace.get_tracer(SCOPE)
    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as current:
        current.set_attributes(dict(attributes or {}))
        try:
            yield current
        except BaseException as error:
            current.set_status(trace.StatusCode.ERROR, type(error).__name__)
            raise


def _otlp(endpoint: str) -> tuple[SpanProcessor, MetricReader]:
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise ConfigurationError(
            f"telemetry.otlp_endpoint is {endpoint!r}, but the OTLP exporter is not installed",
            hint="pip install 'averment[telemetry]'",
        ) from error
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    return (
        BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")),
        PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=f"{endpoint}/v1/metrics")),
    )
