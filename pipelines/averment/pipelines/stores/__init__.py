"""Where things are kept: bytes (blobs), canonical texts, the catalog of documents, and the search index.

The index holds ids, offsets and filter fields, no text. Passages are cut from the text store. Import from the modules;
nothing is re-exported here, so that importing one store does not load the libraries of another.
"""
