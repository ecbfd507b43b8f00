"""The tree of settings: every field with its meaning, unit and safe default.

Read once at process start by `averment.core.settings_file`, then passed down. Nothing here reads a file or
the environment. Unknown keys are errors.
"""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from averment.core.access import is_loopback
from averment.core.record_settings import (
    GateSettings,
    LogSettings,
    MonitoringSettings,
    OversightSettings,
    ReportSettings,
    RetentionSettings,
)
from averment.core.service_limits import ConnectionSettings, LimitSettings, UploadSettings
from averment.core.settings_section import Section
from averment.core.sign_in_settings import SignInSettings


class SourceSettings(Section):
    """A folder that documents come from."""

    name: str = Field(description="Name of the source, unique", pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    path: Path = Field(description="Folder, relative to the settings file")
    include: tuple[str, ...] = Field(default=("**/*",), description="Glob patterns of files to read")
    exclude: tuple[str, ...] = Field(default=("**/.*", "**/~$*"), description="Glob patterns of files to leave out")
    readers: tuple[str, ...] = Field(default=("everyone",), description="Groups that may read its documents")
    classification: str = Field(default="internal", description="Classification label of its documents")
    tags: tuple[str, ...] = Field(default=(), description="Tags that can be used as filters")


class ParsingSettings(Section):
    """How files are read, and how much one file may cost."""

    workers: int = Field(default=2, ge=1, le=64, description="Worker processes that parse files")
    max_item_bytes: int = Field(default=512 * 1024 * 1024, ge=1, description="Largest file read, bytes")
    max_seconds: float = Field(
        default=300.0, gt=0, description="Longest time for one file, besides that for its pages, seconds"
    )
    max_seconds_per_page: float = Field(
        default=20.0, ge=0, description="What every page done adds to it, so that long scans come through, seconds"
    )
    max_idle_seconds: float = Field(
        default=120.0, gt=0, description="Longest time for one page of a PDF or an image, seconds"
    )
    max_memory_bytes: int = Field(default=2 * 1024**3, ge=256 * 1024**2, description="Most memory of a worker, bytes")
    max_pages: int = Field(default=5000, ge=1, description="Most pages of one file")
    max_expansion: int = Field(default=100, ge=2, description="Largest ratio of unpacked to packed size")
    ocr_languages: tuple[str, ...] = Field(
        default=("eng", "deu"), description="Tesseract languages; a scanned document is read in the one it is in"
    )
    tessdata_path: Path | None = Field(default=None, description="Folder of Tesseract's data; found when unset")
    max_unaccounted_chars: int = Field(
        default=0, ge=0, description="Most letters and digits of a page that its text may lack; more is quarantined"
    )
    max_added_chars: int = Field(
        default=0, ge=0, description="Most letters and digits of a page that only its text has; more is quarantined"
    )
    max_disordered_words: int = Field(
        default=0, ge=0, description="Most words of a page that may be out of order; more is quarantined"
    )
    min_ocr_confidence: float = Field(
        default=0.5, ge=0, le=1, description="Least mean confidence of a page read by OCR; below is quarantined"
    )
    max_unread_chars: int = Field(
        default=40, ge=0, description="Most letters of a scanned page that were passed over; more is quarantined"
    )
    max_unread_lines: int = Field(
        default=2, ge=0, description="Most lines of a scanned page that were passed over; more is quarantined"
    )
    checked_page_share: float = Field(
        default=0.02, ge=0, le=1, description="Share of a PDF's pages that are rendered and read by OCR as a check"
    )
    min_page_agreement: float = Field(
        default=0.5, ge=0, le=1, description="Least share of a page's words that such a check must have too"
    )
    on_disagreement: Literal["warn", "quarantine"] = Field(
        default="warn", description="What becomes of a PDF with a page that shows something else than its text"
    )
    poppler: bool = Field(default=False, description="Whether poppler's pdftotext reads every page of a PDF as well")
    personal_data: Literal["keep", "flag", "quarantine"] = Field(
        default="keep",
        description="What becomes of a document with personal data; found and counted unless kept (extra `pii`)",
    )


class EmbeddingSettings(Section):
    """The model that turns text into vectors."""

    model_path: Path | None = Field(default=None, description="Model folder; the packaged all-MiniLM-L6-v2 when unset")
    backend: Literal["auto", "torch", "onnxruntime"] = Field(
        default="auto", description="What computes vectors of documents; a trial finds the fastest when auto"
    )
    precision: Literal["auto", "float32", "bfloat16", "int8"] = Field(
        default="auto",
        description="Numbers it computes in; a trial finds the fastest with close enough vectors when auto",
    )
    query_precision: Literal["int8", "float32"] = Field(
        default="int8",
        description="How weights are kept for embedding questions; documents are embedded in `precision`",
    )
    device: Literal["cpu", "cuda"] = Field(
        default="cpu", description="Where documents are embedded; questions are embedded on the processor"
    )
    batch_size: int | None = Field(
        default=None, ge=1, le=4096, description="Texts per batch; what the device can hold when unset"
    )
    query_prompt: str | None = Field(
        default=None, description="What stands before questions; what the model's own files say when unset"
    )
    document_prompt: str | None = Field(
        default=None, description="What stands before passages; what the model's own files say when unset"
    )
    threads: int | None = Field(default=None, ge=1, description="Processor threads; all when unset")


class IndexSettings(Section):
    """The search index."""

    backend: Literal["edge", "server"] = Field(default="edge", description="Embedded Qdrant Edge or a Qdrant server")
    url: str | None = Field(default=None, description="URL of the Qdrant server")
    api_key: SecretStr | None = Field(default=None, description="API key of the Qdrant server")
    collection: str = Field(default="averment", description="Collection on the Qdrant server")
    quantization: Literal["int8", "binary", "none"] = Field(
        default="int8",
        description="Copies of vectors that the graph is searched on; the embedded index is rebuilt after a change",
    )
    vectors_on_disk: bool = Field(default=False, description="Read full vectors from disk instead of keeping them")
    payload_on_disk: bool = Field(
        default=False, description="Read what hits carry from disk; what filters are decided by stays in memory"
    )
    max_embedded_points: int = Field(
        default=1_250_000, ge=1, description="Most points of the embedded index; beyond it a Qdrant server is needed"
    )


class CatalogSettings(Section):
    """The catalog of documents."""

    url: SecretStr | None = Field(default=None, description="SQLAlchemy URL; SQLite in data_dir when unset")


class RetrievalSettings(Section):
    """How passages are found."""

    top_k: int = Field(default=8, ge=1, le=200, description="Passages returned")
    prefetch: int = Field(default=200, ge=1, le=10_000, description="Candidates of each branch before fusion")
    fusion: Literal["rrf", "dbsf", "convex"] = Field(
        default="rrf", description="How what words and meaning find is joined; averment eval retrieval compares them"
    )
    dense_weight: float = Field(
        default=0.5, ge=0, le=1, description="Share of meaning against words in `rrf` and `convex`"
    )
    sparse_encoder_path: Path | None = Field(
        default=None, description="Folder of a learned sparse encoder beside BM25; a change needs averment reindex"
    )
    sparse_encoder_weight: float = Field(
        default=0.5, ge=0, le=10, description="Weight of the sparse encoder against 1 for the question's words"
    )


class RerankingSettings(Section):
    """A model that puts the best passages in order anew; none is packaged, and without one nothing is reranked."""

    model_path: Path | None = Field(default=None, description="Folder of a cross-encoder; none when unset")
    endpoint: str | None = Field(
        default=None, description="Base URL, with /v1, of a server with vLLM's /rerank, instead of a folder"
    )
    model: str | None = Field(default=None, description="Name of the model that the endpoint serves")
    api_key: SecretStr | None = Field(default=None, description="API key of the endpoint")
    candidates: int = Field(default=24, ge=1, le=200, description="Best passages that are read")
    budget_ms: int = Field(
        default=300, ge=1, le=60_000, description="Longest time for reading them, ms; loading the model is not counted"
    )


class AdapterSettings(Section):
    """A LoRA adapter that is served beside the model."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="Name under which it is served and asked"
    )
    path: Path | None = Field(default=None, description="Its folder; not needed where model.endpoint serves it")
    digest: str | None = Field(
        default=None, pattern=r"^sha256:[0-9a-f]{64}$", description="What the folder must be; any when unset"
    )


class EscalationSettings(Section):
    """A second, larger model that hard questions may be put to; off as long as `endpoint` is not set."""

    endpoint: str | None = Field(default=None, description="Base URL of an OpenAI-compatible server, with /v1")
    profile: str | None = Field(default=None, description="Profile of the model it serves")
    served_name: str | None = Field(default=None, description="Name under which it is served; the profile's when unset")
    api_key_path: Path | None = Field(default=None, description="File that holds the key of that server")
    external: bool | None = Field(default=None, description="Whether text leaves the company that way; must be said")
    purposes: tuple[str, ...] = Field(default=(), description="Codes of the purposes that may use it; none when empty")
    highest_classification: Literal["public", "internal"] = Field(
        default="public", description="Highest classification of documents whose text may be sent; others never are"
    )
    share: float = Field(default=0.1, ge=0, le=1, description="Largest share of the latest questions that may use it")
    window_questions: int = Field(default=1000, ge=1, description="How many of the latest questions the share is of")
    timeout_s: float = Field(default=120.0, gt=0, description="Longest wait for one call, seconds")


class ModelSettings(Section):
    """The language model."""

    profile: str = Field(default="smollm2-135m", description="Model profile")
    path: Path | None = Field(default=None, description="Model folder; the profile's place in models_dir when unset")
    models_dir: Path = Field(default=Path("models"), description="Where fetched models lie")
    endpoint: str | None = Field(default=None, description="Base URL of an OpenAI-compatible server, with /v1")
    replicas: tuple[str, ...] = Field(
        default=(), description="Base URLs of further servers with the same model and key, among which work is shared"
    )
    api_key: SecretStr | None = Field(default=None, description="API key of that server")
    trust_path: Path | None = Field(
        default=None, description="File of averment eval answers --decide: what the model may do, as it was measured"
    )
    adapters: tuple[AdapterSettings, ...] = Field(
        default=(), description="LoRA adapters of the model, served beside it"
    )
    adapter: str | None = Field(default=None, description="Name of the adapter that answers; the model when unset")
    escalation: EscalationSettings = EscalationSettings()
    enabled: bool = Field(default=True, description="Use a language model at all")
    vllm_environment: Path = Field(default=Path(".venv-vllm"), description="Virtual environment that holds vLLM")
    port: int = Field(default=0, ge=0, le=65535, description="Port of a vLLM started here; 0 picks a free one")
    timeout_s: float = Field(default=120.0, gt=0, description="Longest wait for one model call, seconds")
    max_context_tokens: int = Field(default=4096, ge=512, description="Context of a vLLM started here, tokens")
    allow_download: bool = Field(default=False, description="Let `averment model fetch` use the network")


class ReasoningSettings(Section):
    """Limits of one answer."""

    max_steps: int = Field(default=24, ge=1, description="Most steps of the loop, and of each sub-question's")
    max_tokens: int = Field(default=16_000, ge=1, description="Most model tokens of one answer")
    max_seconds: float = Field(default=300.0, gt=0, description="Longest time of one answer, seconds")
    calibration_path: Path | None = Field(
        default=None, description="File of averment eval calibrate: from which score answers are given, with a bound"
    )
    business_day_calendar: str | None = Field(
        default=None,
        pattern=r"^(weekends|[A-Z]{2}(-[A-Z0-9]{1,4})?)$",
        description="Holidays that business days leave out: a country or a part of one (`DE-HH`), `weekends` for none; "
        "those of the governing law when unset",
    )


class VerificationSettings(Section):
    """A trained verifier that checks statements, and chooses sentences, beside the rules; none is packaged."""

    model_path: Path | None = Field(
        default=None,
        description="Folder that averment train verifier made; rules alone check statements and choose sentences else",
    )


class ServiceSettings(Section):
    """The HTTP service."""

    host: str = Field(
        default="127.0.0.1", description="Address to listen on; others than loopback need sign-in or keys, and TLS"
    )
    port: int = Field(default=8484, ge=0, le=65535, description="Port to listen on; 0 picks a free one")
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/\s?#@]+$",
        description="Address at which browsers reach the service, without a path; the one it listens on when unset",
    )
    tls_certificate: Path | None = Field(default=None, description="Certificate chain (PEM) that the service presents")
    tls_key: Path | None = Field(default=None, description="Private key (PEM) of that certificate")
    tls_at_proxy: bool = Field(
        default=False, description="States that a reverse proxy in front ends TLS and nothing else reaches the service"
    )
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024, description="Largest request body, bytes")
    max_concurrent_analyses: int = Field(default=16, ge=1, description="Analyses that run at once")
    max_analysis_runs: int = Field(
        default=10, ge=1, description="Times that an analysis is begun which the end of the service interrupts"
    )
    stop_grace_s: int = Field(
        default=20, ge=0, le=3600, description="Seconds that running analyses get to end when the service is stopped"
    )
    history_days: int = Field(
        default=28, ge=1, le=3650, description="Days that askers find questions and answers again, within retention"
    )
    idempotency_hours: int = Field(
        default=24, ge=1, le=24 * 30, description="Hours that an Idempotency-Key is known after its request"
    )
    mcp: bool = Field(default=False, description="Offer the tools search, ask and read_passage over MCP, at /mcp")
    limits: LimitSettings = LimitSettings()
    connections: ConnectionSettings = ConnectionSettings()
    uploads: UploadSettings = UploadSettings()

    @property
    def is_public(self) -> bool:
        """Tell whether others than this machine can reach it: by its address, or through a proxy on this machine."""
        through_proxy = self.public_url is not None and not is_loopback(urlsplit(self.public_url).hostname or "")
        return not is_loopback(self.host) or self.tls_at_proxy or through_proxy


class FlowSettings(Section):
    """Scheduled work."""

    batch_documents: int = Field(default=16, ge=1, description="Documents handed over at a time")
    retries: int = Field(default=2, ge=0, le=10, description="Retries of a task that may succeed later")


class TelemetrySettings(Section):
    """Traces and metrics; nothing leaves the process unless an endpoint is set."""

    otlp_endpoint: str | None = Field(default=None, description="OTLP/HTTP endpoint for traces and metrics")
    service_name: str = Field(default="averment", description="Service name in traces")


class Settings(Section):
    """All settings of one process."""

    data_dir: Path = Field(default=Path(".averment"), description="Folder that holds all state")
    tenant: str = Field(default="default", description="Tenant of this installation")
    purpose: str = Field(default="trial", description="Purpose of requests that name none")
    sources: tuple[SourceSettings, ...] = Field(default=(), description="Folders that documents come from")
    parsing: ParsingSettings = ParsingSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    index: IndexSettings = IndexSettings()
    catalog: CatalogSettings = CatalogSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    reranking: RerankingSettings = RerankingSettings()
    model: ModelSettings = ModelSettings()
    reasoning: ReasoningSettings = ReasoningSettings()
    verification: VerificationSettings = VerificationSettings()
    oversight: OversightSettings = OversightSettings()
    log: LogSettings = LogSettings()
    gate: GateSettings = GateSettings()
    report: ReportSettings = ReportSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    retention: RetentionSettings = RetentionSettings()
    service: ServiceSettings = ServiceSettings()
    sign_in: SignInSettings = SignInSettings()
    flows: FlowSettings = FlowSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
