"""Which technology a text names, however it is spelled."""

from platform_core.technology.names import Alias, Entity, Technologies, index_of, load_technologies
from platform_core.technology.recognise import recognise

__all__ = ["Alias", "Entity", "Technologies", "index_of", "load_technologies", "recognise"]
