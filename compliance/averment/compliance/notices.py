"""Who was told that an AI system answers, and when, so that the notice of Article 50(1) is shown and then silent.

A file a person and configuration, named by a keyed digest: the folder tells nobody who asked. The log has its own
entry of every notice; this is what is looked at before the next one.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from averment.compliance.keys import keyed_digest
from averment.compliance.log.durable import DurableFolder
from averment.core.clock import Clock

REMIND_AFTER: Final = timedelta(days=30)


class NoticeRegister:
    """The notices that were shown in one installation.

    Args:
        folder: Where it is kept; made with the first notice.
        key: The pseudonym key.
        clock: Tells the time.
    """

    def __init__(self, folder: Path, *, key: bytes, clock: Clock):
        self._folder = folder
        self._key = key
        self._clock = clock

    def is_due(self, subject: str, *, about: str) -> bool:
        """Tell whether somebody was not told of this configuration within 30 days."""
        try:
            told = datetime.fromisoformat((self._folder / self._name(subject, about)).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return True
        return not timedelta() <= self._clock.now() - told < REMIND_AFTER

    def remember(self, subject: str, *, about: str) -> None:
        """Keep that somebody is told of this configuration now; where that cannot be kept they are told again."""
        written = {self._name(subject, about): self._clock.now().isoformat().encode("ascii")}
        with suppress(OSError):
            DurableFolder(self._folder, self._folder).write(written)

    def _name(self, subject: str, about: str) -> str:
        return keyed_digest(self._key, f"notice\0{subject}\0{about}").partition(":")[2]
