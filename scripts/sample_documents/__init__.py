"""Build the sample contracts and the sample quarterly report of `examples/documents/` from their sources."""
