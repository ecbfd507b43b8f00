"""Purposes of use: their records, their assessment, who signed it, and which questions are outside."""
