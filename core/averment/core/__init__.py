"""The vocabulary every area shares: documents, answers, access, audit events, errors, ids, ports, settings, telemetry.

Nothing here reads a file at import, knows a framework, or decides policy.
"""
