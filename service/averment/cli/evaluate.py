"""`averment eval retrieval`: how good retrieval is, against naive baselines in the same run."""
