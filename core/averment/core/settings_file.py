"""Reads `averment.yaml` and the environment into `Settings`, and remembers where each value came from.

Order, the later wins: defaults, the file, `AVERMENT_<SECTION>__<FIELD>`. The file is the one named by
`--config`, else by `AVERMENT_CONFIG`, else `averment.yaml` in the working directory. Relative paths in the
file are relative to the file; relative paths elsewhere to the working directory.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, SecretStr, ValidationError

from averment.core.errors import ConfigurationError
from averment.core.settings import Settings

FILE_NAME: Final = "averment.yaml"
ENV_PREFIX: Final = "AVERMENT_"
ENV_CONFIG: Final = "AVERMENT_CONFIG"
# Read by the command line and the tests, not settings.
ENV_RESERVED: Final = (ENV_CONFIG, "AVERMENT_TEST_", "AVERMENT_API_KEY")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSettings:
    """Settings with the origin of every value that is not a default (`section.field` → file or variable)."""

    settings: Settings
    origins: Mapping[str, str]
    path: Path | None
    root: Path


def load_settings(*, config: Path | None, environ: Mapping[str, str], cwd: Path) -> LoadedSettings:
    """Read the settings of this process.

    Raises:
        ConfigurationError: A named file is absent, is no YAML mapping, or holds an unknown key or a bad value.
    """
    path = _find_file(config=config, environ=environ, cwd=cwd)
    tree = _read_yaml(path) if path else {}
    root = path.parent.resolve() if path else cwd.resolve()
    origins = {key: str(path) for key in _leaves(tree)}
    for name, value in sorted(environ.items()):
        if not name.startswith(ENV_PREFIX) or name.startswith(ENV_RESERVED):
            continue
        parts = name.removeprefix(ENV_PREFIX).lower().split("__")
        _assign(tree, parts, yaml.safe_load(value), name)
        origins[".".join(parts)] = name
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        raise _explain(error, origins, path) from error
    return LoadedSettings(settings=_absolute(settings, root), origins=origins, path=path, root=root)


def describe(loaded: LoadedSettings) -> list[dict[str, str | None]]:
    """List every setting with value, origin and meaning; secrets are masked."""
    rows: list[dict[str, str | None]] = []
    _describe(loaded.settings, "", loaded.origins, rows)
    return rows


def _find_file(*, config: Path | None, environ: Mapping[str, str], cwd: Path) -> Path | None:
    named = config or (Path(environ[ENV_CONFIG]) if environ.get(ENV_CONFIG) else None)
    if named is not None:
        path = named if named.is_absolute() else cwd / named
        if not path.is_file():
            origin = "--config" if config else ENV_CONFIG
            raise ConfigurationError(
                f"the settings file {str(path)!r} named by {origin} does not exist", hint="averment init writes one"
            )
        return path
    path = cwd / FILE_NAME
    return path if path.is_file() else None


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"the settings file {str(path)!r} cannot be read: {error}") from error
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise ConfigurationError(f"the settings file {str(path)!r} must hold a mapping, not {type(tree).__name__}")
    return tree


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> list[str]:
    found: list[str] = []
    for key, value in tree.items():
        name = f"{prefix}{key}"
        found.extend(_leaves(value, f"{name}.") if isinstance(value, dict) else [name])
    return found


def _assign(tree: dict[str, Any], parts: list[str], value: object, name: str) -> None:
    for part in parts[:-1]:
        child = tree.setdefault(part, {})
        if not isinstance(child, dict):
            raise ConfigurationError(f"the variable {name} names a field below {part!r}, which is no section")
        tree = child
    tree[parts[-1]] = value


def _explain(error: ValidationError, origins: Mapping[str, str], path: Path | None) -> ConfigurationError:
    problems = []
    for item in error.errors(include_url=False, include_input=False):
        field = ".".join(str(part) for part in item["loc"])
        origin = origins.get(field) or (str(path) if path else "defaults")
        problems.append(f"{field}: {item['msg']} (from {origin})")
    return ConfigurationError(
        "settings are not usable: " + "; ".join(problems), hint="averment config show lists every setting"
    )


def _absolute(settings: Settings, root: Path) -> Settings:
    def fix(model: BaseModel) -> BaseModel:
        changes: dict[str, object] = {}
        for name in type(model).model_fields:
            value = getattr(model, name)
            if isinstance(value, Path) and not value.is_absolute():
                changes[name] = root / value
            elif isinstance(value, BaseModel):
                changes[name] = fix(value)
            elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
                changes[name] = tuple(fix(item) for item in value)
            elif isinstance(value, tuple) and value and isinstance(value[0], Path):
                changes[name] = tuple(root / item for item in value)
        return model.model_copy(update=changes)

    result = fix(settings)
    if not isinstance(result, Settings):
        raise TypeError("settings changed their type")
    return result


def _describe(model: BaseModel, prefix: str, origins: Mapping[str, str], rows: list[dict[str, str | None]]) -> None:
    for name, field in type(model).model_fields.items():
        value, key = getattr(model, name), f"{prefix}{name}"
        if isinstance(value, BaseModel):
            _describe(value, f"{key}.", origins, rows)
            continue
        if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for number, item in enumerate(value):
                _describe(item, f"{key}[{number}].", {}, rows)
            continue
        shown = "********" if isinstance(value, SecretStr) else _show(value)
        rows.append({"name": key, "value": shown, "origin": origins.get(key, "default"), "meaning": field.description})


def _show(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return str(value)
