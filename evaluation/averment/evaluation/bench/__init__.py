"""How fast it is and what it costs: ratios against a baseline measured in the same run (`python -m …bench`)."""
