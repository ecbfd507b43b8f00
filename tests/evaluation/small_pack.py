"""A pack of two contracts with two questions, written to a folder."""

import json
from pathlib import Path

HEAD = '{title}\n\nThis {title} (this "Agreement") is made as of March 3, 2021 by and between {a} and {b}.\n\n'
CLAUSES = (
    "1. Services. The provider shall perform the services with due care and skill, as this Agreement says.\n\n"
    "2. Fees. The customer shall pay each invoice within {days} days of receipt, after which it bears interest.\n\n"
    "3. Governing Law. This Agreement shall be governed by and construed in accordance with the laws of {law}.\n\n"
)
CONTRACTS = {
    "d1": ("SUPPLY AGREEMENT", "Nordwind Energie GmbH", "Blue Harbor Logistics, Inc.", 30, "Utah"),
    "d2": ("LEASE AGREEMENT", "Tamarind Foods Ltd.", "Opal AG", 45, "Ohio"),
}


def write_pack(root: Path) -> Path:
    """Write the pack and return its folder."""
    (root / "corpus").mkdir(parents=True)
    (root / "benchmarks" / "small").mkdir(parents=True)
    documents, questions = [], []
    for doc_id, (title, a, b, days, law) in CONTRACTS.items():
        text = HEAD.format(title=title, a=a, b=b) + CLAUSES.format(days=days, law=law)
        path = f"corpus/{doc_id}.txt"
        (root / path).write_text(text)
        documents.append(
            {"doc_id": doc_id, "collection": "small", "files": [{"path": path, "format": "txt"}], "text": path}
        )
        gold = f"This Agreement shall be governed by and construed in accordance with the laws of {law}."
        start = text.index(gold)
        questions.append(
            {
                "id": f"q-{doc_id}",
                "question": f"Consider the {title.title()} between {a} and {b}. Which law governs it?",
                "doc_ids": [doc_id],
                "gold": [{"doc_id": doc_id, "start": start, "end": start + len(gold), "text": gold}],
                "type": "value",
                "category": "Governing Law",
                "answer": law,
            }
        )
    questions.append({"id": "q-none", "question": "Is there escrow?", "doc_ids": ["d1"], "gold": [], "type": "absent"})
    (root / "docs.jsonl").write_text("\n".join(map(json.dumps, documents)))
    (root / "benchmarks" / "small" / "queries.jsonl").write_text("\n".join(map(json.dumps, questions)))
    return root
