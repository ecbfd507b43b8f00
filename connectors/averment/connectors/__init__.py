"""Where documents come from: one system a module, one contract test for all."""

from averment.connectors.filesystem import FilesystemConnector

__all__ = ["FilesystemConnector"]
