"""Training on the installation's own machine: pairs, negatives, split, trainers, and what is said of the result."""
