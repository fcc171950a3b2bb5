"""Corrections: what they teach the mapper, and what free text asks for."""
