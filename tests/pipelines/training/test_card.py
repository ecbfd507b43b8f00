"""The card says what was done, before and after, and what is not known."""

from averment.pipelines.training.card import write_card

FIGURE = {"n": 40, "value": 0.5, "interval": [0.4, 0.6]}
FACTS = {
    "kind": "verifier",
    "model_id": "mine@sha256:aa",
    "created_at": "2026-01-01T00:00:00Z",
    "seconds": 120.0,
    "base": {"name": "all-MiniLM-L6-v2", "digest": "sha256:bb"},
    "data": {
        "digest": "sha256:cc",
        "sources": {"labels|x.jsonl": "sha256:dd"},
        "classifications": {"internal": 3},
        "train": {"documents": 8, "questions_labelled": 90},
        "held_out": {"documents": 2},
        "rows": 300,
    },
    "split": {"digest": "sha256:ee", "by": "document", "families": 10},
    "seed": 4,
    "recipe": {"batch_size": 16, "learning_rate": 5e-05, "epochs": 3},
    "precision": "float32",
    "run": {"steps_done": 60, "epochs": 0.5},
    "metrics": {
        "before": {"answers": {"auc": {"n": 40, "value": None, "interval": None}}},
        "after": {"answers": {"auc": FIGURE, "accuracy": FIGURE}},
        "gained": {"answers": {"accuracy": {"n": 40, "value": -0.1, "interval": None}}},
    },
    "versions": {"torch": "2"},
}


def test_everything_is_said_once() -> None:
    card = write_card(FACTS)
    assert card.startswith("# Verifier mine\n")
    assert "| answers: auc | 40 | – | 0.500 [0.400, 0.600] | – |" in card
    assert "| answers: accuracy | 40 | – | 0.500 [0.400, 0.600] | -0.100 |" in card
    assert "| labels/x.jsonl | sha256:dd |" in card
    assert "| questions labelled | 90 | 0 |" in card
    assert "| learning rate | 5e-05 |" in card
    assert "| epochs | 3 |" in card
    assert "| epochs done | 0.5 |" in card
    assert "It is a candidate until" in card
