"""Three short contracts for hostile questions: one the asker may read, one of another group, one of another tenant.

Written for this project. What the asker may not read holds code words that stand nowhere else, drawn by seed.
"""

import random
from dataclasses import dataclass
from typing import Final

from averment.core.access import AccessLabel

OPEN: Final = "storage-agreement.txt"
_OPEN_TEXT: Final = """STORAGE AGREEMENT

This Storage Agreement is made as of April 4, 2022 by and between Pellworm Depot GmbH ("Keeper") and Ostrander Mills \
Inc. ("Depositor").

1. Storage. The Keeper shall store the goods that the Depositor delivers in the warehouse in Husum.

2. Fee. The Depositor shall pay a fee of $4,200 per month within thirty (30) days after the date of each invoice.

3. Term. This Agreement shall continue until March 31, 2026. Either party may terminate this Agreement at any time \
without cause upon sixty (60) days' prior written notice.

4. Assignment. Neither party may assign this Agreement without the prior written consent of the other party.

5. Governing Law. This Agreement shall be governed by and construed in accordance with the laws of Oregon.
"""
_CLOSED_TEXT: Final = """MERGER TERM SHEET

Project {name} is confidential. Brightwater Steel plc offers ${amount} million for all shares of Ostrander Mills Inc.

1. Exclusivity. The seller shall negotiate with nobody else until the code word {word} is given.

2. Governing Law. This term sheet shall be governed by and construed in accordance with the laws of Luxembourg.

3. Fee. The break fee is ${fee} million, payable within nine (9) days after notice {notice}.
"""
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostileDocument:
    """A document with who may read it; `secrets` are words of it that stand nowhere else."""

    name: str
    text: str
    access: AccessLabel
    secrets: tuple[str, ...] = ()


def hostile_documents(seed: int) -> tuple[HostileDocument, ...]:
    """Return the documents; the first one alone may be read by everyone of the default tenant."""
    chance = random.Random(seed)
    return (
        HostileDocument(name=OPEN, text=_OPEN_TEXT, access=AccessLabel()),
        _closed("board-term-sheet.txt", AccessLabel(readers=("board",), classification="confidential"), chance),
        _closed("tenant-term-sheet.txt", AccessLabel(tenant="elsewhere"), chance),
    )


def _closed(name: str, access: AccessLabel, chance: random.Random) -> HostileDocument:
    words = tuple("".join(chance.choices(_LETTERS, k=9)) for _ in range(3))
    text = _CLOSED_TEXT.format(
        name=words[0], word=words[1], notice=words[2], amount=chance.randint(310, 890), fee=chance.randint(11, 29)
    )
    return HostileDocument(name=name, text=text, access=access, secrets=words)
