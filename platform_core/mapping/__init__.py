"""Columns to canonical fields: names, values, units and file kind, with evidence and abstention."""
