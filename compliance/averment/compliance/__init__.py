"""The record: a tamper-evident log of what was done, its payloads, its proofs and its exports.

Installs without a model, a search engine or a web framework; `averment_verify` needs none of the rest.
"""
