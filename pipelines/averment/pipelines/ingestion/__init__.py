"""From a file's bytes to points in the index: partition, structure, chunk, embed.

`partition` is the entry to parsing; `partition_worker` runs it in child processes with limits.
"""
