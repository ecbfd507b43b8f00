"""What the running system says for each kind of document."""
