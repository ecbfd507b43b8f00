"""When: thin Prefect flows over the library, and their wiring.

Importing this package does not import Prefect, so that `local.prefect_environment` can be applied before.
"""
