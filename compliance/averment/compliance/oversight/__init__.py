"""Human oversight: which answers people review, what they decide, how well that works, and how they stop the system."""
