"""What must be so before the service listens beyond this machine: sign-in or keys, and TLS."""

from collections.abc import Sequence

from averment.core.errors import ConfigurationError
from averment.core.settings import Settings
from averment.service.identity.api_keys import ApiKey


def check_exposure(settings: Settings, *, keys: Sequence[ApiKey] | None = None) -> None:
    """Refuse to listen where strangers could read along or come in.

    Args:
        settings: All settings.
        keys: The API keys; not looked at when None.

    Raises:
        ConfigurationError: The address is public and there is no TLS or no https address; nobody could sign in; or
            settings that belong together are half there.
    """
    service = settings.service
    if (service.tls_certificate is None) != (service.tls_key is None):
        raise ConfigurationError(
            "service.tls_certificate and service.tls_key belong together, one of them is unset", hint="set both"
        )
    if settings.sign_in.issuer is not None and service.public_url is None:
        raise ConfigurationError(
            "sign_in.issuer needs service.public_url: the issuer sends browsers back to exactly this address",
            hint="for example service.public_url: https://averment.example.com",
        )
    if not service.is_public:
        _refuse_nobody(settings, keys)
        return
    where = f"others can reach the service (service.host {service.host!r}, service.public_url {service.public_url!r})"
    if service.tls_certificate is None and not service.tls_at_proxy:
        raise ConfigurationError(
            f"{where}, and nothing says that TLS protects it; without it the service listens on loopback only",
            hint="set service.tls_certificate and service.tls_key, or service.tls_at_proxy: true behind a proxy",
        )
    if service.public_url is None or not service.public_url.startswith("https://"):
        raise ConfigurationError(
            f"{where}, and service.public_url is no https:// address", hint="set it to the address that users type"
        )
    _refuse_nobody(settings, None if keys is None else [key for key in keys if key.expires_at is not None])


def _refuse_nobody(settings: Settings, keys: Sequence[ApiKey] | None) -> None:
    if settings.sign_in.issuer is None and keys is not None and all(key.state != "valid" for key in keys):
        raise ConfigurationError(
            f"nobody could sign in on {settings.service.host!r}: there is no issuer and no API key that is good there",
            hint="averment init makes a key for loopback, averment keys create NAME one for others; or sign_in.issuer",
        )
