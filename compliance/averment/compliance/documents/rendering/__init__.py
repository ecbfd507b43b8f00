"""Views of a filled document: HTML, PDF and DOCX. The document's JSON is the original."""
