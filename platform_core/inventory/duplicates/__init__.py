"""Assets that may be one thing: candidate pairs, signed evidence, groups, and the words for it."""

from platform_core.inventory.duplicates.explaining import reasons
from platform_core.inventory.duplicates.find import find_duplicates
from platform_core.inventory.duplicates.knowledge import Knowledge, load_duplicate_knowledge
from platform_core.inventory.duplicates.settling import keys_of, rename_memberships, settle_duplicates

__all__ = [
    "Knowledge",
    "find_duplicates",
    "keys_of",
    "load_duplicate_knowledge",
    "reasons",
    "rename_memberships",
    "settle_duplicates",
]
