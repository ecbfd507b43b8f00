"""What an installation's record asks of an analysis, put together: the facts of an answer, the gate, the mark."""

from collections.abc import Callable, Mapping, Sequence

from averment.compliance.answer_record import answer_record
from averment.compliance.keys import read_pseudonym_key
from averment.compliance.marks.answer_mark import mark_answer
from averment.compliance.marks.mark import content_digest, read_mark
from averment.compliance.notices import NoticeRegister
from averment.compliance.purposes.gate import PurposeGate
from averment.compliance.purposes.screening import folded, screening_examples
from averment.compliance.purposes.store import PurposeStore
from averment.compliance.signing_keys import mark_key
from averment.compliance.system_identity import running_system
from averment.core.answers import Answer
from averment.core.clock import Clock
from averment.core.data_dir import DataDir
from averment.core.ports import Likeness, Mark, Recording
from averment.core.settings import Settings

OpenLikeness = Callable[[Mapping[str, Sequence[str]], Sequence[str]], Likeness]


def open_recording(
    data_dir: DataDir, *, settings: Settings, clock: Clock, open_likeness: OpenLikeness | None = None
) -> Recording:
    """Open the record's part in analyses; trials of purposes are allowed on this machine only.

    Args:
        data_dir: Where keys and purposes lie.
        settings: All settings.
        clock: Tells the time.
        open_likeness: Makes what likens questions to sentences, outside by code and inside; patterns alone when None.

    Raises:
        ConfigurationError: The key for marks cannot be made or read, or that of pseudonyms is missing.
    """
    signer = mark_key(data_dir.keys, name=settings.log.origin)
    key = content_digest(signer.verifier.vkey.encode())
    generator = f"averment {running_system().version}"

    def mark(answer: Answer, model: str) -> Mark:
        text, content = mark_answer(answer, generator=generator, model=model, signer=signer)
        source_type = read_mark(text).facts.source_type
        facts = {"answer_id": answer.id, "format": "answer", "content": content, "source_type": source_type, "key": key}
        return Mark(text=text, facts=facts)

    gate = PurposeGate(
        PurposeStore(data_dir.purposes),
        clock=clock,
        allow_trial=settings.gate.allow_trial and not settings.service.is_public,
        likeness=screening_likeness(open_likeness) if open_likeness else None,
    )
    notices = NoticeRegister(data_dir.root / "notices", key=read_pseudonym_key(data_dir.keys), clock=clock)
    return Recording(record=answer_record, gate=gate, notices=notices, mark=mark)


def screening_likeness(open_likeness: OpenLikeness) -> Likeness:
    """Return what likens questions to the packaged sentences, folded as questions are."""
    examples = screening_examples()
    outside = {code: [folded(text) for text in texts] for code, texts in examples.outside.items()}
    return open_likeness(outside, [folded(text) for text in examples.inside])
