"""Faults that rows of an inventory have, by evidence, and the rules that would mend them."""

from platform_core.inventory.faults.finding import find_faults
from platform_core.inventory.faults.knowledge import FaultKnowledge, load_faults
from platform_core.inventory.faults.look import Look

__all__ = ["FaultKnowledge", "Look", "find_faults", "load_faults"]
