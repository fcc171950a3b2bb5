"""Which of the Rs suits an application, as an argument: evidence, vetoes, doubt, and what would change it."""

from platform_core.strategy.comparison import compare
from platform_core.strategy.contradictions import between
from platform_core.strategy.counterfactuals import counterfactuals, with_changes
from platform_core.strategy.engine import assess
from platform_core.strategy.facts import FACT_FIELDS, Links, Member, facts_of, link_facts, with_version
from platform_core.strategy.loading import load_policy
from platform_core.strategy.policy import Policy
from platform_core.strategy.questionnaire import (
    answer_table,
    question_of,
    read_answers,
    shared_questions,
    short_form,
    with_answers,
)
from platform_core.strategy.robustness import Robustness, robustness
from platform_core.strategy.stated import facts_from_json
from platform_core.strategy.supported import with_support

__all__ = [
    "FACT_FIELDS",
    "Links",
    "Member",
    "Policy",
    "Robustness",
    "answer_table",
    "assess",
    "between",
    "compare",
    "counterfactuals",
    "facts_from_json",
    "facts_of",
    "link_facts",
    "load_policy",
    "question_of",
    "read_answers",
    "robustness",
    "shared_questions",
    "short_form",
    "with_answers",
    "with_changes",
    "with_support",
    "with_version",
]
