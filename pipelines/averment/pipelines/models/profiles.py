"""Model profiles: what is known of each language model, as data.

A profile is one YAML file in `profiles/`. Adding a model adds a file and no code. Names in circulation
without a published model are aliases in `profiles/aliases.yaml`; they resolve to a profile and stay marked
as unverified. What is measured of a model is not here: no profile claims a quality.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from averment.core.errors import ConfigurationError
from averment.core.ids import sha256_id

CallKind = Literal["rewrite", "plan", "select", "yes_no", "compute", "check", "write", "repair", "warm_up"]
AnnexField = Literal["1a", "1b", "1c", "1d", "1e", "1f", "1g", "1h", "2a", "2b", "2c"]

ANNEX_XII: Final[dict[AnnexField, str]] = {
    "1a": "Intended tasks and kinds of systems",
    "1b": "Acceptable use policies",
    "1c": "Date of release and methods of distribution",
    "1d": "Interaction with hardware or other software",
    "1e": "Versions of relevant software",
    "1f": "Architecture and number of parameters",
    "1g": "Modality and format of inputs and outputs",
    "1h": "Licence",
    "2a": "Technical means of integration",
    "2b": "Format and maximum size of inputs and outputs",
    "2c": "Data used for training, testing and validation",
}
"""The eleven facts that Annex XII of Regulation (EU) 2024/1689 asks of a model's provider."""

_PROFILE_NAME: Final = r"^[a-z0-9][a-z0-9.-]{1,63}$"


class Part(BaseModel):
    """A part of a profile; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sampling(Part):
    """How tokens are drawn."""

    temperature: float = Field(default=0.0, ge=0, le=2)
    top_p: float = Field(default=1.0, gt=0, le=1)
    top_k: int | None = Field(default=None, ge=1)


class SamplingModes(Part):
    """Sampling of direct calls and of calls that may think first."""

    direct: Sampling = Sampling()
    thinking: Sampling = Sampling()


class Thinking(Part):
    """How the model's thinking is switched, and how much of it each kind of call may spend.

    `chat_template` sets `argument` in the chat template to true or false; `token_budget` limits the thinking of a
    model that always thinks, to nothing in direct calls; `system_prompt` puts `on` or `off` before the messages;
    `none` is a model that does not think. `budget_tokens` holds tokens by call kind; a kind that is absent does
    not think. Without `schema_after_thinking` the server cannot let a call think and bind its text to a schema.
    """

    switch: Literal["none", "chat_template", "token_budget", "system_prompt"] = "none"
    argument: str | None = None
    on: str | None = None
    off: str | None = None
    budget_tokens: dict[CallKind, Annotated[int, Field(ge=0, le=32_768)]] = Field(default_factory=dict)
    schema_after_thinking: bool = True

    @model_validator(mode="after")
    def _switch_is_complete(self) -> Self:
        if self.switch == "chat_template" and not self.argument:
            raise ValueError("thinking.switch chat_template needs thinking.argument")
        if self.switch == "system_prompt" and not (self.on and self.off):
            raise ValueError("thinking.switch system_prompt needs thinking.on and thinking.off")
        if self.switch == "none" and any(self.budget_tokens.values()):
            raise ValueError("thinking.switch none allows no thinking.budget_tokens")
        return self


class Memory(Part):
    """Least memory to load and serve, GiB; None where that machine is no target."""

    gpu_gib: float | None = Field(default=None, gt=0)
    cpu_gib: float | None = Field(default=None, gt=0)


class Licence(Part):
    """The licence of the weights, and what it asks of us."""

    id: str
    url: str | None = None
    note: str | None = None


class SupplierFact(Part):
    """One Annex XII fact: given by the supplier, derived from published files, or not supplied."""

    status: Literal["supplied", "derived", "not_supplied"]
    text: str | None = None

    @model_validator(mode="after")
    def _text_matches_status(self) -> Self:
        if (self.status == "not_supplied") != (self.text is None):
            raise ValueError("a supplier fact has text exactly when it is supplied or derived")
        return self


class Supplier(Part):
    """Who published the model, and the Annex XII facts; a fact that is absent was not supplied."""

    name: str
    annex_xii: dict[AnnexField, SupplierFact] = Field(default_factory=dict)

    def fact(self, field: AnnexField) -> SupplierFact:
        """Return the fact, as not supplied where the profile has none."""
        return self.annex_xii.get(field, SupplierFact(status="not_supplied"))


class StepTokens(Part):
    """Most tokens of one engine step, meant as at most one second of prefill on that kind of machine."""

    gpu: int = Field(default=8192, ge=128)
    cpu: int = Field(default=256, ge=64)


class VllmOptions(Part):
    """What the model needs of vLLM beyond what every model gets."""

    dtype: Literal["auto", "bfloat16", "float16"] = "bfloat16"
    max_num_batched_tokens: StepTokens = StepTokens()
    max_num_seqs: int = Field(default=32, ge=1, le=1024)
    kv_cache_gib: int = Field(default=4, ge=1, description="KV cache on a CPU, GiB")
    tensor_parallel: int = Field(default=1, ge=1)
    arguments: tuple[str, ...] = ()


class AdapterOf(Part):
    """What `served_name` is an adapter of, and the digest of its weights."""

    base: str
    digest: str


class ModelProfile(Part):
    """Everything the system needs to know of one model."""

    schema_version: Literal[1]
    name: str = Field(pattern=_PROFILE_NAME)
    title: str
    placement: Literal["local", "remote"] = "local"
    repository: str | None = Field(default=None, description="Published repository on the model hub")
    revision: str | None = Field(default=None, pattern=r"^[0-9a-f]{40}$")
    verified: bool = Field(description="The repository and the revision were found in independent public sources")
    folder: str | None = Field(default=None, description="Name of the folder in models_dir; the profile's if unset")
    served_name: str
    dialect: Literal["vllm", "openai"] = "vllm"
    context_tokens: int = Field(ge=512)
    reasoning_parser: str | None = None
    chat_template_arguments: dict[str, str | int | bool] = Field(default_factory=dict)
    thinking: Thinking = Thinking()
    sampling: SamplingModes = SamplingModes()
    window_tokens: int = Field(
        default=0, ge=0, le=131_072, description="How much of a document is shown around what may be chosen, tokens"
    )
    structured_output: Literal["json_schema", "json_object", "none"] = "json_schema"
    memory: Memory = Memory()
    trusted_for: tuple[CallKind, ...] = Field(description="Calls whose output may shape an answer, once checked")
    note: str | None = None
    licence: Licence
    supplier: Supplier
    vllm: VllmOptions = VllmOptions()
    adapter: AdapterOf | None = Field(default=None, exclude=True, description="Set where an adapter answers")

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.verified and self.placement == "local" and not (self.repository and self.revision):
            raise ValueError("a verified local profile names a repository and a revision")
        if self.thinking.switch == "token_budget" and not self.reasoning_parser:
            raise ValueError("thinking.switch token_budget needs a reasoning_parser")
        if 2 * self.window_tokens > self.context_tokens:
            raise ValueError("window_tokens are at most half of context_tokens")
        return self

    @property
    def digest(self) -> str:
        """Return `sha256:<hex>` over everything the profile says, and an adapter's weights."""
        weights = self.adapter.digest if self.adapter is not None else ""
        return sha256_id((self.model_dump_json() + weights).encode())

    @property
    def bare_digest(self) -> str:
        """Return the digest of a profile that says the same and trusts the model with nothing."""
        return self.model_copy(update={"trusted_for": ()}).digest

    @property
    def yes_no_threshold(self) -> float:
        """Return from which probability of yes (0-1) a sentence is chosen as long as that is not measured: one half."""
        return 0.5

    @property
    def folder_name(self) -> str:
        """Name of the model's folder below `models_dir`."""
        return self.folder or self.name

    def thinking_budget(self, purpose: str) -> int:
        """Return how many tokens a call of this kind may think, 0 where it may not."""
        return next((tokens for kind, tokens in self.thinking.budget_tokens.items() if kind == purpose), 0)


class Alias(Part):
    """A name in circulation for which no model is published, and the profile that stands in for it."""

    name: str
    profile: str
    verified: Literal[False] = False
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedName:
    """A name, the profile it leads to, and the alias on the way, if any."""

    name: str
    profile: str
    alias: Alias | None


def profile_names() -> tuple[str, ...]:
    """Name every packaged profile, sorted."""
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in _entries() if entry.name != "aliases.yaml"))


@cache
def aliases() -> tuple[Alias, ...]:
    """Return the aliases, in the order of the file."""
    rows = yaml.safe_load((_folder() / "aliases.yaml").read_text(encoding="utf-8"))
    return tuple(Alias.model_validate(row) for row in rows)


def resolve_alias(name: str) -> ResolvedName:
    """Find the profile a name stands for; case does not matter.

    Raises:
        ConfigurationError: No profile and no alias has that name.
    """
    wanted = name.casefold()
    if wanted in profile_names():
        return ResolvedName(name=name, profile=wanted, alias=None)
    for alias in aliases():
        if alias.name.casefold() == wanted:
            return ResolvedName(name=name, profile=alias.profile, alias=alias)
    raise ConfigurationError(
        f"no model profile is named {name!r}; known are {', '.join(profile_names())}",
        hint="set model.profile to a known name, or to the path of a profile file",
    )


@cache
def load_profile(name: str) -> ModelProfile:
    """Load a packaged profile by its name or alias, or one of your own by the path of its YAML file.

    Raises:
        ConfigurationError: There is no such profile, or its file is invalid.

    >>> load_profile("smollm2-135m").trusted_for
    ()
    """
    if name.endswith((".yaml", ".yml")):
        return read_profile(Path(name))
    resolved = resolve_alias(name)
    return _parse((_folder() / f"{resolved.profile}.yaml").read_text(encoding="utf-8"), origin=resolved.profile)


def read_profile(path: Path) -> ModelProfile:
    """Read a profile of one's own from a YAML file.

    Raises:
        ConfigurationError: The file cannot be read or is no profile.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the model profile {str(path)!r} cannot be read: {error}") from error
    return _parse(text, origin=str(path))


def _folder() -> resources.abc.Traversable:
    return resources.files("averment.pipelines.models") / "profiles"


def _entries() -> list[resources.abc.Traversable]:
    return [entry for entry in _folder().iterdir() if entry.name.endswith(".yaml")]


def _parse(text: str, *, origin: str) -> ModelProfile:
    try:
        return ModelProfile.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ConfigurationError(f"the model profile {origin!r} is no YAML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the profile"
        raise ConfigurationError(
            f"the model profile {origin!r} is invalid at {place}: {first['msg']}",
            details={"errors": error.error_count()},
        ) from error
