"""Incidents and risks: cases with their clocks, who was told in which order, and the evidence that is kept for them."""
