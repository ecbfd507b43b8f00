"""Takes personal data out of what people wrote in a document; the law's words and the system's stay as they are.

Names of files that people cite stay too: without them the evidence could not be found. Words of answers are masked
where they are taken from the record, before a document is made.
"""

from averment.compliance.documents.filled import Block, FilledDocument, FilledField
from averment.compliance.pii.masking import Masker


def mask_document(document: FilledDocument, masker: Masker) -> FilledDocument:
    """Return the document with people's words masked, which says so."""
    fields = {key: _masked_field(field, masker) for key, field in document.fields.items()}
    return document.model_copy(update={"fields": fields, "masking": masker.level.value})


def _masked_field(field: FilledField, masker: Masker) -> FilledField:
    return field.model_copy(
        update={
            "blocks": tuple(_masked_block(b, masker) if b.made_by == "people" else b for b in field.blocks),
            "reason": masker.mask(field.reason).text,
            "owner": masker.mask(field.owner).text,
        }
    )


def _masked_block(block: Block, masker: Masker) -> Block:
    rows = tuple(tuple(masker.mask(cell).text for cell in row) for row in block.rows)
    return block.model_copy(update={"text": masker.mask(block.text).text, "rows": rows})
