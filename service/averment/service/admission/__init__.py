"""How much is let in: rates, budgets, open requests."""
