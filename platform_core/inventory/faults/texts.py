"""Faults that show in how often a text stands in a field: fillers, marks that many share, several spellings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from platform_core.domain.asset_decisions import Change, ChangeKind, Comparison, Condition
from platform_core.domain.quality import Dimension, Fault
from platform_core.inventory.faults.knowledge import FaultKnowledge
from platform_core.inventory.faults.look import Look
from platform_core.inventory.words import plain
from platform_core.reference import catalogue

FREE_FIELDS = (
    "business_owner",
    "application_owner",
    "technical_owner",
    "support_group",
    "business_unit",
    "business_service",
    "vendor",
    "environment",
    "business_criticality",
    "dr_tier",
    "data_classification",
    "location",
    "datacenter",
    "os_name",
    "manufacturer",
    "model",
    "database_engine",
    "status",
)
"""Fields in which people write what they like, and in which a filler hides."""

SPELLED_FIELDS = (
    "support_group",
    "business_unit",
    "business_service",
    "vendor",
    "location",
    "datacenter",
    "os_name",
    "manufacturer",
    "database_engine",
    "cluster",
)
"""Fields with few words, each of which should be written in one way."""

MARKS = ("serial_number", "uuid", "asset_tag", "mac_address")
"""Fields that tell one asset from every other."""

SHARED_BY = 20
"""So many assets do not share a serial number: a chassis holds at most 16 blades, clones come in smaller numbers."""

LOOKED_AT = 2_000
"""So many different texts of a field are looked at, the most frequent ones."""

SHOWN = 3
"""Examples of a fault."""

REMARK = " -:,;(/?!.–"
"""What may follow a filler."""


def fillers(look: Look, known: FaultKnowledge) -> Iterator[Fault]:
    """Yield for each free field the texts that only say that nothing is known."""
    for field in FREE_FIELDS:
        words = {text: n for text, n in look.values(field, limit=LOOKED_AT) if is_filler(text, known)}
        if words:
            yield _listed(
                field,
                words,
                key=f"filler-{field}",
                dimension=Dimension.VALIDITY,
                title=f"Filler in place of {_label(field)}",
                why="The text says only that nothing is known.",
            )


def is_filler(text: str, known: FaultKnowledge) -> bool:
    """Tell whether a text is a filler with a remark behind it: "TBD, ask Ben", "n/a (old)"."""
    folded = text.casefold().strip()
    for beginning in known.filler_beginnings:
        if folded == beginning or (folded.startswith(beginning) and folded[len(beginning)] in REMARK):
            return True
    return len(folded) > 1 and not folded.strip(REMARK + "*x_?")


def repeated_marks(look: Look) -> Iterator[Fault]:
    """Yield for each mark of identity the texts that far too many assets share."""
    for field in MARKS:
        words = dict(look.values(field, limit=LOOKED_AT, least=SHARED_BY))
        if words:
            yield _listed(
                field,
                words,
                key=f"shared-{field}",
                dimension=Dimension.UNIQUENESS,
                title=f"{_label(field).capitalize()} that many share",
                why=f"{SHARED_BY} or more assets have the same; it tells none from another.",
            )


def spellings(look: Look) -> Iterator[Fault]:
    """Yield for each field the words that are written in several ways; the most frequent spelling stands."""
    for field in SPELLED_FIELDS:
        counts = dict(look.values(field, limit=LOOKED_AT))
        words = _respelled(counts)
        if not words:
            continue
        examples = tuple(f"{text} → {best}" for text, best in list(words.items())[:SHOWN])
        yield Fault(
            key=f"spelling-{field}",
            dimension=Dimension.CONSISTENCY,
            title=f"Several spellings of one {_label(field)}",
            why="They differ only in case, accents or punctuation; the most frequent one stands.",
            field=field,
            conditions=(Condition(field=field, test=Comparison.ONE_OF, value=sorted(words)),),
            change=Change(kind=ChangeKind.REPLACE, field=field, words=words),
            count=sum(counts[text] for text in words),
            examples=examples,
        )


def _respelled(counts: dict[str, int]) -> dict[str, str]:
    """Return for each rare spelling the most frequent one of the same word."""
    words = {}
    for same in _same(counts):
        best = max(same, key=lambda text: counts[text])
        words.update({text: best for text in same if text != best})
    return words


def _same(counts: dict[str, int]) -> Iterator[Sequence[str]]:
    """Yield the texts that are one word, where there are several."""
    groups: dict[str, list[str]] = defaultdict(list)
    for text in counts:
        groups[plain(text).replace(" ", "")].append(text)
    for folded, same in groups.items():
        if len(same) > 1 and any(sign.isalpha() for sign in folded):
            yield same


def _listed(field: str, words: dict[str, int], *, key: str, dimension: Dimension, title: str, why: str) -> Fault:
    return Fault(
        key=key,
        dimension=dimension,
        title=title,
        why=why,
        field=field,
        conditions=(Condition(field=field, test=Comparison.ONE_OF, value=sorted(words)),),
        change=Change(kind=ChangeKind.CLEAR, field=field),
        count=sum(words.values()),
        examples=tuple(words)[:SHOWN],
    )


def _label(field: str) -> str:
    return catalogue()[field].label.lower()
