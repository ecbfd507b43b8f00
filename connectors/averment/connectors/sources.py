"""From names and paths to connectors."""

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from averment.connectors.filesystem import FilesystemConnector
from averment.core.access import AccessLabel
from averment.core.errors import ConfigurationError, SourceUnavailable
from averment.core.ports import Connector
from averment.core.settings import Settings, SourceSettings

Wanted = Callable[[str], bool]


def connectors_for(settings: Settings, sources: Sequence[str], *, wanted: Wanted | None = None) -> list[Connector]:
    """Return a connector per source; every source of the settings when none is named.

    Args:
        settings: All settings.
        sources: Names of sources in settings, or paths of files and folders. A name wins over a path.
        wanted: Which items are listed, by uri; all when None.

    Raises:
        ConfigurationError: Nothing is named and settings hold no source.
        SourceUnavailable: A source is neither a name in settings nor an existing path.
    """
    named = {source.name: source for source in settings.sources}
    if not sources:
        if not named:
            raise ConfigurationError(
                "no source is named and settings hold none",
                hint="averment ingest FOLDER, or add sources to averment.yaml",
            )
        return [_from_settings(settings, source, wanted) for source in named.values()]
    return [_connector(settings, source, wanted=wanted, named=named) for source in sources]


def connectors_of(settings: Settings, name: str, *, uris: Sequence[str]) -> list[Connector]:
    """Return what reads items again that were read before.

    Args:
        settings: All settings.
        name: The connector's name in the catalog.
        uris: The items; those of a path that no setting names are read one by one.

    Raises:
        ConfigurationError: No source of the settings has the name, and the items are no files.
        SourceUnavailable: A file is gone.
    """
    named = {source.name: source for source in settings.sources}
    if name in named:
        return [_from_settings(settings, named[name], None)]
    paths = [unquote(urlsplit(uri).path) for uri in uris if uri.startswith("file:")]
    if len(paths) < len(uris):
        raise ConfigurationError(
            f"there is no source {name!r} in settings any more", hint="add it to averment.yaml, then try again"
        )
    return [_connector(settings, path, named={}) for path in paths]


def _connector(
    settings: Settings, source: str, *, named: dict[str, SourceSettings], wanted: Wanted | None = None
) -> Connector:
    if source in named:
        return _from_settings(settings, named[source], wanted)
    path = Path(source)
    if not path.exists():
        known = ", ".join(sorted(named)) or "none"
        raise SourceUnavailable(
            f"{source!r} is neither an existing path nor a source in settings (known: {known})",
            hint="check the spelling, or add it to averment.yaml",
        )
    made = FilesystemConnector(
        path,
        access=AccessLabel(tenant=settings.tenant),
        max_item_bytes=settings.parsing.max_item_bytes,
    )
    return made if wanted is None else made.only(wanted)


def _from_settings(settings: Settings, source: SourceSettings, wanted: Wanted | None) -> Connector:
    made = FilesystemConnector(
        source.path,
        name=source.name,
        include=source.include,
        exclude=source.exclude,
        access=AccessLabel(tenant=settings.tenant, readers=source.readers, classification=source.classification),
        max_item_bytes=settings.parsing.max_item_bytes,
    )
    return made if wanted is None else made.only(wanted)
