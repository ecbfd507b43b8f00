"""What those who operate the service see of it: work, model endpoints, stores, cost; never content, and no names."""
