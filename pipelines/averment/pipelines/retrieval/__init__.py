"""From a question to the passages that hold its answer: understanding by rules, routing, hybrid search."""
