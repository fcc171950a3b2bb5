"""Mapped rows to assets and dependencies: normalise, classify, merge, completeness."""
