"""The arithmetics in which texts are embedded: which engine computes, and in which numbers.

Vectors of one model made by different arithmetics are nearly equal, never quite: how near is measured by
`embedding_trial`, and the log says of every document which one made its vectors.
"""

from dataclasses import dataclass
from typing import Final, Literal

from averment.core.errors import ConfigurationError

Engine = Literal["torch", "onnxruntime"]
Precision = Literal["float32", "bfloat16", "int8"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """An engine and the numbers it computes in; with `int8`, matrix products alone are in whole numbers."""

    engine: Engine
    precision: Precision

    @property
    def name(self) -> str:
        """Return what logs, results and indexes call it."""
        return f"{self.engine}-{self.precision}"


# What every other one is held against: the model as it was published, computed by the library it was published for.
EXACT: Final = Arithmetic(engine="torch", precision="float32")
# From the most exact to the least.
ARITHMETICS: Final = (
    EXACT,
    Arithmetic(engine="onnxruntime", precision="float32"),
    Arithmetic(engine="torch", precision="bfloat16"),
    Arithmetic(engine="onnxruntime", precision="int8"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What settings ask for; `auto` leaves it to a trial."""

    engine: Engine | Literal["auto"] = "auto"
    precision: Precision | Literal["auto"] = "auto"

    def allowed(self) -> tuple[Arithmetic, ...]:
        """Return the arithmetics of a processor that fit, 1 or more, from the most exact to the least.

        Raises:
            ConfigurationError: There is no such combination.
        """
        found = tuple(
            one
            for one in ARITHMETICS
            if self.engine in ("auto", one.engine) and self.precision in ("auto", one.precision)
        )
        if not found:
            raise ConfigurationError(
                f"embedding.backend {self.engine!r} does not compute in embedding.precision {self.precision!r}; "
                f"there are {', '.join(one.name for one in ARITHMETICS)}",
                hint="set one of the two to auto",
            )
        return found


PLAIN: Final = Wanted(engine="torch", precision="float32")
