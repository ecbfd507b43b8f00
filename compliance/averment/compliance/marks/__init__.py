"""Marks of generated content (Article 50(2)): signed, embedded in JSON, HTML, DOCX and PDF, and found again offline."""
