from prometheus_client import CollectorRegistry, generate_latest

from averment.core.answers import Usage
from averment.core.settings import TelemetrySettings
from averment.service.metrics import ServiceMetrics

USAGE = Usage(prompt_tokens=7, cached_tokens=1, completion_tokens=2, model_calls=1, duration_s=0.5, model_s=0.4)


def test_instruments_have_the_documented_names_in_prometheus_text() -> None:
    from opentelemetry.exporter.prometheus import PrometheusMetricReader
    from opentelemetry.sdk.metrics import MeterProvider

    registry = CollectorRegistry()
    provider = MeterProvider(metric_readers=[PrometheusMetricReader(registry=registry, scope_info_enabled=False)])
    metrics = ServiceMetrics(provider.get_meter(TelemetrySettings().service_name))
    metrics.count_request(route="/v1/search", method="POST", status=200, duration_s=0.01)
    metrics.start_analysis()
    metrics.end_analysis(status="answered", duration_s=1.5, usage=USAGE)
    metrics.start_analysis()
    metrics.end_analysis(status="failed", duration_s=0.5, usage=None)
    metrics.count_passages(8)
    text = generate_latest(registry).decode()
    provider.shutdown()
    assert 'averment_requests_total{method="POST",route="/v1/search",status="200"} 1.0' in text
    assert 'averment_request_duration_seconds_count{route="/v1/search"} 1.0' in text
    assert 'averment_analyses_total{status="failed"} 1.0' in text
    assert 'averment_analysis_duration_seconds_sum{status="answered"} 1.5' in text
    assert "averment_active_analyses 0.0" in text
    assert "averment_passages_total 8.0" in text
    assert 'averment_model_tokens_total{kind="completion"} 2.0' in text
