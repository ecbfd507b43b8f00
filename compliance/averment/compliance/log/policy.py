"""Trust policies (C2SP tlog-policy): which logs, and which quorum of witnesses, make a checkpoint credible.

This version signs without witnesses: a policy whose quorum is not `none` is refused, never treated as met.
"""

from dataclasses import dataclass

from averment.compliance.log.note import VerifierKey
from averment.core.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """The keys of the logs that are trusted."""

    logs: tuple[VerifierKey, ...]

    def encode(self) -> str:
        """Write the policy file."""
        return "".join(f"log {key.vkey}\n" for key in self.logs) + "quorum none\n"

    @classmethod
    def parse(cls, text: str, *, name: str) -> "TrustPolicy":
        """Read a policy file, or a bare verifier key on one line.

        Raises:
            ConfigurationError: A line is malformed, a log is named twice, the quorum line is missing, or the
                policy asks for witnesses.
        """
        rows = [line.split() for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
        if len(rows) == 1 and len(rows[0]) == 1:
            return cls(logs=(VerifierKey.parse(rows[0][0]),))
        logs = tuple(VerifierKey.parse(row[1]) for row in rows if row[0] == "log" and len(row) in (2, 3))
        quorum = [row[1:] for row in rows if row[0] == "quorum"]
        others = [row[0] for row in rows if row[0] not in ("log", "quorum", "witness", "group")]
        n_different = len({key.public for key in logs})
        if others or not logs or len(quorum) != 1 or n_different != sum(row[0] == "log" for row in rows):
            raise ConfigurationError(
                f"{name} is not a trust policy: expected lines 'log <vkey>' with different keys and one 'quorum none'"
            )
        if quorum[0] != ["none"]:
            raise ConfigurationError(
                f"{name} asks for the quorum {' '.join(quorum[0])!r}; this version checks no witness cosignatures",
                hint="use a policy with 'quorum none'",
            )
        return cls(logs=logs)
