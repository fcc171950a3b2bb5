"""Mapped rows to assets and dependencies: normalise, classify, merge, completeness, quality."""

from platform_core.inventory.build import build, build_in_parts
from platform_core.inventory.classify import Classifier
from platform_core.inventory.completeness import completeness, missing_critical
from platform_core.inventory.differences import differences
from platform_core.inventory.faults import FaultKnowledge, find_faults, load_faults
from platform_core.inventory.identity import Names
from platform_core.inventory.overlay import Overlay, as_built, rule_effect
from platform_core.inventory.proof import Normalised, normalise
from platform_core.inventory.proposing import ProposedReading, propose_reading, unknown_word
from platform_core.inventory.quality import quality
from platform_core.inventory.questions import Question, QuestionKind, questions, telling
from platform_core.inventory.reading import ColumnEvidence
from platform_core.inventory.typed import read_value
from platform_core.inventory.vocabularies import Vocabularies
from platform_core.inventory.vocabulary_files import load_vocabularies

__all__ = [
    "Classifier",
    "ColumnEvidence",
    "FaultKnowledge",
    "Names",
    "Normalised",
    "Overlay",
    "ProposedReading",
    "Question",
    "QuestionKind",
    "Vocabularies",
    "as_built",
    "build",
    "build_in_parts",
    "completeness",
    "differences",
    "find_faults",
    "load_faults",
    "load_vocabularies",
    "missing_critical",
    "normalise",
    "propose_reading",
    "quality",
    "questions",
    "read_value",
    "rule_effect",
    "telling",
    "unknown_word",
]
