"""Post-market monitoring: what the log's own entries show, held against the plan, and what was done about it."""
