"""Settings of what the service takes and from whom how much: rates, budgets, connections, uploads."""

from typing import Final

from pydantic import Field

from averment.core.settings_section import Section

_MIB: Final = 1024 * 1024


class LimitSettings(Section):
    """How much one caller may ask for; a principal is whom a key, a token or a session stands for."""

    requests_per_minute: int = Field(default=600, ge=1, description="Requests of a principal in a minute")
    key_requests_per_minute: int = Field(default=600, ge=1, description="Requests with one API key in a minute")
    concurrent_requests: int = Field(
        default=32, ge=1, description="Requests of a principal that are open at once, event streams among them"
    )
    questions_per_day: int = Field(default=2_000, ge=1, description="Questions of a principal in a day (UTC)")
    tokens_per_day: int = Field(
        default=20_000_000, ge=1, description="Tokens that the language model reads and writes for a principal in a day"
    )
    open_requests_per_minute: int = Field(
        default=1_200, ge=1, description="Requests of an address in a minute for what needs no sign-in: page, health"
    )
    sign_ins_per_minute: int = Field(default=60, ge=1, description="Requests of an address to sign-in in a minute")
    failed_keys_per_minute: int = Field(
        default=30,
        ge=1,
        description="Bad keys and tokens of an address in a minute; then none is tried",
    )


class ConnectionSettings(Section):
    """What a client's connection may cost before anything is known of it."""

    max_connections: int = Field(default=1_000, ge=1, description="Connections at once; more are told to come back")
    max_head_bytes: int = Field(default=32 * 1024, ge=1024, description="Largest request line and headers, bytes")
    head_timeout_s: float = Field(default=10.0, gt=0, description="Seconds until a request's headers must be complete")
    body_timeout_s: float = Field(
        default=20.0, gt=0, description="Seconds that a body may lag behind one that comes at 1024 bytes a second"
    )
    proxy_addresses: tuple[str, ...] = Field(
        default=("127.0.0.1", "::1"),
        description="Proxies whose X-Forwarded-For is believed, with service.tls_at_proxy",
    )


class UploadSettings(Section):
    """Documents that people bring themselves."""

    max_bytes: int = Field(default=64 * _MIB, ge=1024, description="Largest upload, all its files together, bytes")
    max_files: int = Field(default=20, ge=1, le=1_000, description="Files of one upload")
    retention_days: int = Field(
        default=90, ge=1, le=3_650, description="Days after which an upload is removed, unless it asks for fewer"
    )
    max_waiting: int = Field(default=200, ge=1, description="Uploads of all people that wait to be read")
