"""LoRA adapters: small weights that are served beside a model, each under a name of its own.

The settings name them; one of them may answer instead of the model itself. An adapter is a folder with
`adapter_config.json` and `adapter_model.safetensors`, as PEFT writes them; weights in other formats can run code when
they are read and are refused. Its digest is the SHA-256 over one line per file (`<sha256>  <name>`), as of a model.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from averment.core.errors import ConfigurationError
from averment.core.settings import AdapterSettings, Settings
from averment.pipelines.models.model_folder import sha256_of
from averment.pipelines.models.profiles import AdapterOf, ModelProfile

CONFIG: Final = "adapter_config.json"
WEIGHTS: Final = "adapter_model.safetensors"
# The ranks that vLLM keeps room for.
RANKS: Final = (1, 8, 16, 32, 64, 128, 256, 320, 512)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """An adapter that can be served from here, or one that an endpoint serves and only its digest is known of."""

    name: str
    path: Path | None
    digest: str
    rank: int | None


def adapters_of(settings: Settings, profile: ModelProfile) -> tuple[Adapter, ...]:
    """Return the adapters that the settings name, in order.

    Args:
        settings: Name them.
        profile: The model they are of.

    Raises:
        ConfigurationError: One is missing, of another model, or not the one whose digest is given.
    """
    found = tuple(read_adapter(one, profile=profile) for one in settings.model.adapters)
    names = [adapter.name for adapter in found] + [profile.served_name]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ConfigurationError(f"model.adapters: {twice[0]!r} names more than one model", hint="rename one")
    return found


def with_adapter(settings: Settings, profile: ModelProfile) -> ModelProfile:
    """Return the profile as the adapter of the settings answers under it; the profile itself where none is to answer.

    Raises:
        ConfigurationError: `model.adapter` is none of `model.adapters`, or one of them is not what it should be.
    """
    wanted = settings.model.adapter
    if wanted is None:
        return profile
    adapter = next((one for one in adapters_of(settings, profile) if one.name == wanted), None)
    if adapter is None:
        known = ", ".join(one.name for one in settings.model.adapters) or "none"
        raise ConfigurationError(f"model.adapter is {wanted!r}, expected one of model.adapters: {known}")
    held = AdapterOf(base=profile.served_name, digest=adapter.digest)
    return profile.model_copy(update={"served_name": adapter.name, "adapter": held})


def read_adapter(chosen: AdapterSettings, *, profile: ModelProfile) -> Adapter:
    """Look at one adapter of the settings.

    Raises:
        ConfigurationError: It is missing, of another model, or not the one whose digest is given.
    """
    if chosen.path is None:
        if chosen.digest is None:
            raise ConfigurationError(
                f"the adapter {chosen.name!r} has neither path nor digest",
                hint="give the digest of one elsewhere",
            )
        return Adapter(name=chosen.name, path=None, digest=chosen.digest, rank=None)
    digest = adapter_digest(chosen.path)
    if chosen.digest is not None and chosen.digest != digest:
        raise ConfigurationError(
            f"the adapter {chosen.name!r} in {str(chosen.path)!r} has the digest {digest}, expected {chosen.digest}",
            hint="give the adapter that was meant, or its new digest in model.adapters",
        )
    rank, base = _facts(chosen.path)
    if base is not None and not _is_base(base, profile):
        raise ConfigurationError(
            f"the adapter {chosen.name!r} was trained for {base!r}, expected {profile.repository or profile.name!r}",
            hint="set model.profile to the adapter's base model",
        )
    return Adapter(name=chosen.name, path=chosen.path, digest=digest, rank=rank)


def adapter_digest(folder: Path) -> str:
    """Return `sha256:<hex>` of an adapter.

    Raises:
        ConfigurationError: The folder holds none.
    """
    if missing := [name for name in (CONFIG, WEIGHTS) if not (folder / name).is_file()]:
        raise ConfigurationError(
            f"no adapter in {str(folder)!r}: expected {missing[0]}", hint="correct the path in model.adapters"
        )
    lines = [f"{sha256_of(folder / name).removeprefix('sha256:')}  {name}\n" for name in (CONFIG, WEIGHTS)]
    return f"sha256:{hashlib.sha256(''.join(lines).encode('utf-8')).hexdigest()}"


def adapter_arguments(adapters: Sequence[Adapter]) -> list[str]:
    """Return the arguments with which vLLM serves adapters beside a model; none where there are none.

    Raises:
        ConfigurationError: One does not lie here, or its rank is beyond what vLLM serves.
    """
    if not adapters:
        return []
    if elsewhere := [adapter.name for adapter in adapters if adapter.path is None]:
        raise ConfigurationError(
            f"the adapter {elsewhere[0]!r} has no path, and a server started here cannot load it",
            hint="give its path in model.adapters",
        )
    most = max(adapter.rank or 1 for adapter in adapters)
    room = next((rank for rank in RANKS if rank >= most), None)
    if room is None:
        raise ConfigurationError(f"an adapter has rank {most}, expected at most {RANKS[-1]}")
    modules = [f"{adapter.name}={adapter.path}" for adapter in adapters]
    limits = ["--max-loras", str(len(adapters)), "--max-lora-rank", str(room)]
    return ["--enable-lora", *limits, "--lora-modules", *modules]


def _facts(folder: Path) -> tuple[int, str | None]:
    """Return rank and base model that an adapter states of itself."""
    try:
        stated = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        kind, rank, base = stated["peft_type"], stated["r"], stated.get("base_model_name_or_path")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{str(folder / CONFIG)!r} does not describe an adapter") from error
    if kind != "LORA" or not isinstance(rank, int) or rank < 1:
        raise ConfigurationError(
            f"{str(folder / CONFIG)!r} describes peft_type {kind!r} of rank {rank!r}, expected LORA of rank 1 or more"
        )
    return rank, base if isinstance(base, str) and base else None


def _is_base(stated: str, profile: ModelProfile) -> bool:
    """Say whether an adapter's base is the model of a profile, by the last part of a repository or folder name."""
    names = (profile.repository or "", profile.name, profile.folder_name, profile.served_name)
    return Path(stated).name.casefold() in {Path(name).name.casefold() for name in names if name}
