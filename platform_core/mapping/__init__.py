"""Table columns → MappingProposal: what each column of an inventory export means, why, and how sure that is."""

from platform_core.mapping.knowledge import Knowledge, load_knowledge
from platform_core.mapping.mapper import suggest
from platform_core.mapping.profiles import profile, unit_choices
from platform_core.mapping.teaching import taught
from platform_core.mapping.values import ValueProfile

__all__ = ["Knowledge", "ValueProfile", "load_knowledge", "profile", "suggest", "taught", "unit_choices"]
