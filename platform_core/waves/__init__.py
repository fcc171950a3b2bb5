"""Move groups and rules to a wave plan: planner, independent check, conflicts, reasons."""
