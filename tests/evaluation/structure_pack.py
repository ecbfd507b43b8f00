"""A pack of one contract and one page with a table, with questions on both."""

import json
from pathlib import Path

CONTRACT = (
    "SUPPLY AGREEMENT\n\nThis Supply Agreement (this “Agreement”) is made as of March 3, 2021 by and between "
    "Halden AG, a Swiss company (“Halden”), and Opal GmbH (“Opal”).\n\n1. Term. The term of "
    "this Agreement shall be two years.\n\n2. Law. This Agreement is governed by the laws of Ohio.\n"
)
LAW = "This Agreement is governed by the laws of Ohio."
PAGE = (
    "<html><body><p>Sales were as follows (in millions):</p><table><tr><td></td><td>2019</td><td>2018</td></tr>"
    "<tr><td>Sales</td><td>$12</td><td>$11</td></tr></table></body></html>"
)
PAGE_TEXT = "Sales were as follows (in millions):\n | 2019 | 2018\nSales | $12 | $11\n"


def write_structure_pack(root: Path) -> Path:
    """Write the pack and return its folder."""
    for folder in ("corpus", "benchmarks/cuad", "benchmarks/tatqa"):
        (root / folder).mkdir(parents=True)
    (root / "corpus/c.txt").write_text(CONTRACT, encoding="utf-8")
    (root / "corpus/t.html").write_text(PAGE, encoding="utf-8")
    (root / "corpus/t.txt").write_text(PAGE_TEXT, encoding="utf-8")
    documents = [
        {
            "doc_id": "c", "collection": "cuad", "files": [{"path": "corpus/c.txt", "format": "txt"}],
            "text": "corpus/c.txt", "parties": ["HALDEN AG", "Opal GmbH"],
            "title": "the Supply Agreement between Halden AG and Opal GmbH",
        },
        {
            "doc_id": "t", "collection": "tatqa", "files": [{"path": "corpus/t.html", "format": "html"}],
            "text": "corpus/t.txt",
        },
    ]  # fmt: skip
    start = CONTRACT.index(LAW)
    law = {
        "id": "q1", "question": "Which law governs?", "doc_ids": ["c"], "type": "value", "category": "Governing Law",
        "answer": "Ohio", "gold": [{"doc_id": "c", "start": start, "end": start + len(LAW), "text": LAW}],
    }  # fmt: skip
    gold = [
        {"doc_id": "t", "start": PAGE_TEXT.index(text), "end": PAGE_TEXT.index(text) + len(text), "text": text}
        for text in ("$12", "$11")
    ]
    change = {
        "id": "q2", "question": "What is the change?", "doc_ids": ["t"], "type": "arithmetic", "scale": "million",
        "answer": 1, "gold": gold,
    }  # fmt: skip
    (root / "docs.jsonl").write_text("\n".join(map(json.dumps, documents)))
    (root / "benchmarks/cuad/queries.jsonl").write_text(json.dumps(law))
    (root / "benchmarks/tatqa/queries.jsonl").write_text(json.dumps(change))
    return root
