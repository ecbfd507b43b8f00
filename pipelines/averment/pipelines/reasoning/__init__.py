"""Answers question by question: plan, search, read, compute, check, write."""
