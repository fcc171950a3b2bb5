"""What analysts teach the system: corrections read out of free text, without a model."""

from platform_core.learning.feedback import read_feedback
from platform_core.learning.vocabulary import Vocabulary, load_vocabulary

__all__ = ["Vocabulary", "load_vocabulary", "read_feedback"]
