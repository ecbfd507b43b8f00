"""What happens to documents and questions: ingestion, retrieval, reasoning, and the stores they rest on."""
