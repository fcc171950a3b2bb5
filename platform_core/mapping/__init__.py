"""Table columns → MappingProposal: what each column of an inventory export means, why, and how sure that is."""

from platform_core.mapping.formats import header_key
from platform_core.mapping.knowledge import Knowledge, load_knowledge
from platform_core.mapping.mapper import propose, recognise, suggest
from platform_core.mapping.names import header_meaning
from platform_core.mapping.profiles import profile, unit_choices
from platform_core.mapping.replaying import Replay
from platform_core.mapping.teaching import taught
from platform_core.mapping.values import ValueProfile

__all__ = [
    "Knowledge",
    "Replay",
    "ValueProfile",
    "header_key",
    "header_meaning",
    "load_knowledge",
    "profile",
    "propose",
    "recognise",
    "suggest",
    "taught",
    "unit_choices",
]
