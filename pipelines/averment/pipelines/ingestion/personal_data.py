"""Personal data counted while documents are read, where settings ask for it.

What finds it comes from outside (`OpenCount`). Counts by kind go into the document's certificate, their sum into its
warnings; no text does. A document without a certificate, as an archive's list of members, is not looked at.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from averment.core.documents import ParsedDocument
from averment.core.errors import ConfigurationError
from averment.pipelines.ingestion.partition_frames import OnPages
from averment.pipelines.ingestion.reading import Partitioner

PERSONAL_DATA: Final = "personal_data"

# Counts personal data by kind in a text of a language.
Count = Callable[[str, str | None], Mapping[str, int]]
OpenCount = Callable[[], Count]


class CountingPartitioner:
    """Reads files as another partitioner does, and counts personal data in what was read.

    Args:
        partitioner: Reads the files.
        count: Counts; called in a thread of its own, file by file.
        refuses: Whether a document that holds personal data is to be quarantined.
    """

    def __init__(self, partitioner: Partitioner, count: Count, *, refuses: bool) -> None:
        self._partitioner = partitioner
        self._count = count
        self._refuses = refuses
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="personal-data")

    def submit(
        self, content: bytes, *, name: str, media_type: str | None = None, on_pages: OnPages | None = None
    ) -> Future[ParsedDocument]:
        """Start reading a file; see `Partitioner`."""
        read = self._partitioner.submit(content, name=name, media_type=media_type, on_pages=on_pages)
        return self._thread.submit(lambda: self._counted(read.result()))

    def _counted(self, parsed: ParsedDocument) -> ParsedDocument:
        if parsed.certificate is None:
            return parsed
        found = self._count(parsed.text, parsed.language)
        certificate = replace(parsed.certificate, personal_data=dict(found), refuses_personal_data=self._refuses)
        n_found = certificate.n_personal_data
        warnings = {**parsed.warnings, PERSONAL_DATA: n_found} if n_found else parsed.warnings
        return replace(parsed, certificate=certificate, warnings=warnings)


def open_count_for(policy: str, opener: OpenCount | None) -> Count:
    """Open what counts personal data for a policy that asks for it.

    Raises:
        ConfigurationError: There is nothing that counts, or its extra is not installed.
    """
    if opener is None:
        raise ConfigurationError(
            f"parsing.personal_data is {policy!r}, and nothing here finds personal data", hint="set it to keep"
        )
    return opener()
