"""Opening the catalog's database: connection settings, transactions, and bringing its tables up to date.

SQLite runs in WAL mode with foreign keys, full synchronisation and erasing deletes; a transaction that writes takes the
write lock at its start, so that it waits for another writer instead of failing in the middle.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, make_url, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from averment.core.errors import ConfigurationError, StoreBusy, StoreError, StoreFormatError
from averment.pipelines.stores.schema import HEAD_REVISION

if TYPE_CHECKING:
    from alembic.config import Config

_BUSY_TIMEOUT_S: Final = 30
_WRITES: Final = "averment_writes"
_URL_HINT: Final = "expected sqlite:///<file> or postgresql+psycopg://user@host/name"
_MIGRATION_LOCK: Final = 7_161_993_401  # PostgreSQL advisory lock; any constant number serves
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={_BUSY_TIMEOUT_S * 1000}",
)


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{path}"


def open_engine(url: str) -> Engine:
    """Open a database and bring its tables up to date.

    Args:
        url: `sqlite:///<file>` or `postgresql+psycopg://…`.

    Raises:
        ConfigurationError: The URL is not one of these.
        StoreFormatError: A newer version of Averment made the tables.
        StoreError: The database cannot be reached or written.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError("the catalog's URL is not usable", hint=_URL_HINT) from error
    backend = parsed.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise ConfigurationError(f"the catalog cannot be kept in {backend!r}", hint=_URL_HINT)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed, pool_pre_ping=backend == "postgresql")
    if backend == "sqlite":
        _set_up_sqlite(engine)
    try:
        _upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Run statements on one consistent state of the database."""
    with _mapped(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Run statements in one transaction: all of them, durably, or none."""
    with _mapped(engine), engine.connect() as plain:
        connection = plain.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


def compact(engine: Engine) -> bool:
    """Rewrite a SQLite file without free pages and cut its write-ahead log to nothing; tell whether it is one.

    Raises:
        StoreBusy: Somebody else reads or writes it.
    """
    if engine.dialect.name != "sqlite":
        return False
    with _mapped(engine), closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.close()
    if busy:
        raise StoreBusy("the catalog is in use, its write-ahead log was not cut", hint="stop averment serve")
    return True


def upsert(connection: Connection, table: Table, *, values: Mapping[str, object]) -> None:
    """Insert a row, or bring the row with its primary key up to date."""
    make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    keys = [column.name for column in table.primary_key]
    changed = {name: value for name, value in values.items() if name not in keys}
    connection.execute(make(table).values(**values).on_conflict_do_update(index_elements=keys, set_=changed))


def insert_new(connection: Connection, table: Table, *, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert the rows whose primary key is not there yet."""
    if rows:
        make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
        connection.execute(make(table).on_conflict_do_nothing(), list(rows))


def alembic_config(connection: Connection) -> "Config":
    """Return the configuration with which the packaged migrations run on a connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _mapped(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        # The URL without its password, and the driver's words without the statement's parameters.
        cause = getattr(error, "orig", None) or type(error).__name__
        where = engine.url.render_as_string(hide_password=True)
        if "database is locked" in str(cause):
            raise StoreBusy(
                f"the catalog {where!r} was locked for {_BUSY_TIMEOUT_S} s", hint="another process holds it; try again"
            ) from error
        raise StoreError(
            f"the catalog {where!r} failed: {type(cause).__name__}",
            hint="averment doctor checks the stores; --verbose shows the cause",
        ) from error


def _set_up_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver's own transaction handling starts them too late; `begin` below starts them.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _upgrade(engine: Engine) -> None:
    with reading(engine) as connection:
        if _revision(connection) == HEAD_REVISION:
            return
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        # Read again under the lock: another process may have been first.
        if _revision(connection) == HEAD_REVISION:
            return
        from alembic import command
        from alembic.util.exc import CommandError

        try:
            command.upgrade(alembic_config(connection), "head")
        except CommandError as error:
            raise StoreFormatError(
                f"the catalog has revision {_revision(connection)!r}, this version knows up to {HEAD_REVISION!r}",
                hint="use the version of Averment that wrote it, or a newer one",
            ) from error


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
