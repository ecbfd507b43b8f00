"""How contracts and filings are built: metadata, defined terms, references, amendments, each with its place."""
