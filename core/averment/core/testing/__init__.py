"""Test doubles that ship with the package and never run in production."""
