"""What a run of the benchmarks was asked for: where, how much, with which seed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from averment.pipelines.models.profiles import CallKind, ModelProfile

SEED: Final = 20261101
BENCH_ENVIRONMENT: Final = ".venv-bench"
POINTS: Final = 1_000_000
WINDOW_TOKENS: Final = 8192
CALLS: "Final[tuple[CallKind, ...]]" = ("plan", "select", "write", "repair")


def _silent(_line: str) -> None:
    return


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run.

    Args:
        work: Folder for stores and logs, on the disk whose speed counts; emptied by every benchmark that uses it.
        root: The checkout: `examples/` and the environment for the comparison lie here.
        data: Folder of a pack of real documents; the samples in `examples/` stand in where it is absent.
        is_quick: Take small counts: shows that everything runs, says nothing about speed.
        seed: Chooses documents, questions and noise.
        endpoint: Base URL of an OpenAI-compatible server, for answers with a language model.
        api_key: Its key, if it wants one.
        profile: Model profile of that server.
        points: Chunks of the largest corpus of the curve.
        kept: Folder for corpora that take long to make: what is there is used again. Beside `work` when None.
        say: Takes lines of progress.
    """

    work: Path
    root: Path
    data: Path
    is_quick: bool = False
    seed: int = SEED
    endpoint: str | None = None
    api_key: str | None = field(default=None, repr=False)
    profile: str = "smollm2-135m"
    points: int = POINTS
    kept: Path | None = None
    say: Callable[[str], None] = field(default=_silent)

    def count(self, full: int, *, quick: int) -> int:
        """Return the count for this run."""
        return quick if self.is_quick else full

    def asked_profile(self) -> "ModelProfile":
        """Return the profile of the server; a model that it trusts with nothing is asked for everything.

        Which output may shape an answer says nothing of what asking costs. A profile without a window, one for small
        models, is given the window of those for models of eight billion parameters, as far as its context reaches.
        """
        from averment.pipelines.models.profiles import load_profile

        profile = load_profile(self.profile)
        window = profile.window_tokens or min(WINDOW_TOKENS, profile.context_tokens // 2)
        return profile.model_copy(update={"trusted_for": profile.trusted_for or CALLS, "window_tokens": window})

    @property
    def cache(self) -> Path:
        """Return the folder for what is found out once per machine."""
        return self.work / "cache"

    @property
    def corpora(self) -> Path:
        """Return the folder for corpora that outlive a run."""
        return self.kept or self.work.parent / "corpora"

    @property
    def bench_python(self) -> Path:
        """Return the interpreter of the environment that holds unstructured's PDF parser."""
        return self.root / BENCH_ENVIRONMENT / "bin" / "python"
