"""Who asks: the REST API, OpenAI-compatible and our own."""
