"""The log's entries in other people's formats: one format a module, pure functions over leaves."""
