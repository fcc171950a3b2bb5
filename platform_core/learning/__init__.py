"""What analysts teach: their words as events, what these amount to for a file, and words read out of free text."""

from platform_core.learning.agreement import are_opposed
from platform_core.learning.feedback import read_feedback
from platform_core.learning.gate import Replay, admit
from platform_core.learning.interchange import read_mappings, write_mappings
from platform_core.learning.memory import Memory
from platform_core.learning.vocabulary import Vocabulary, load_vocabulary
from platform_core.learning.words import HeaderKeys, is_same_export

__all__ = [
    "HeaderKeys",
    "Memory",
    "Replay",
    "Vocabulary",
    "admit",
    "are_opposed",
    "is_same_export",
    "load_vocabulary",
    "read_feedback",
    "read_mappings",
    "write_mappings",
]
