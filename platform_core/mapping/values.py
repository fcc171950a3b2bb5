"""What the values of a column look like: detectors with their support, and what each allows a field to be."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from platform_core.domain.base import Frozen
from platform_core.domain.catalogue import Catalogue
from platform_core.domain.table import Table
from platform_core.errors import BadInput
from platform_core.mapping.tables import rows

SAMPLE_ROWS = 400
"""Rows looked at, spread over the table: support shares are then within ± 5 points."""
_DISTINCT_TESTED = 60  # most common values that detectors see; the tail changes no share by much
_CHIPS = 5
_PRESENT = 0.6  # share of values from which a detector speaks for its fields
_ABSENT = 0.2  # share up to which its absence speaks against them
_FULL_TRUST = 1.0  # values n count n / (n + 1): three samples say less than three hundred
_NUMBER = re.compile(r"[-+]?\d[\d.,' ]*")
_EMPTY = {"", "-", "n/a", "na", "null", "none", "(null)", "unknown", "#n/a"}

NO_FIELD = "-"
"""The class of columns that the catalogue has no field for."""


class ValueProfile(Frozen):
    """What can be said about a column from its values alone.

    `looked_at` rows, `filled` of them not empty, `distinct` different ones; `kinds` are (detector label, share of
    the filled values) from most to least; `minimum` and `maximum` are given when most values are numbers;
    `samples` are the most common values, for chips.
    """

    looked_at: int
    filled: int
    distinct: int
    kinds: tuple[tuple[str, float], ...]
    minimum: float | None
    maximum: float | None
    median: float | None
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Detector:
    """A kind of value: `matches(text)` for one trimmed value, `label` for people ("IP addresses")."""

    name: str
    label: str
    matches: Callable[[str], bool]


@dataclass(frozen=True)
class ValueFinding:
    """One detector's word on a column: logits by class, and the sentence that goes with it."""

    text: str
    weights: Mapping[str, float]


@dataclass(frozen=True)
class ValueKnowledge:
    """Detectors, and the logits their presence or absence gives to each class (every field and "-")."""

    detectors: tuple[Detector, ...]
    present: Mapping[str, Mapping[str, float]]
    absent: Mapping[str, Mapping[str, float]]

    @classmethod
    def load(cls, folder: Path, catalogue: Catalogue) -> ValueKnowledge:
        """Read detectors.csv and value_rules.csv; raises BadInput on an unknown form or target."""
        detectors = tuple(
            Detector(row["detector"], row["label"], _matcher(row["form"], row["pattern"]))
            for row in rows(folder / "detectors.csv", "detector", "form", "pattern", "label", "source")
        )
        present: dict[str, dict[str, float]] = defaultdict(dict)
        absent: dict[str, dict[str, float]] = defaultdict(dict)
        for row in rows(folder / "value_rules.csv", "detector", "present", "target", "weight", "source"):
            weights = (present if row["present"] == "yes" else absent)[row["detector"]]
            for target in _targets(row["target"], catalogue):
                weights.setdefault(target, float(row["weight"]))
        return cls(detectors, {name: _complete(weights, catalogue) for name, weights in present.items()}, dict(absent))

    def profiles(self, table: Table) -> tuple[ValueProfile, ...]:
        """Profile every column of `table` from at most SAMPLE_ROWS rows spread over it."""
        return tuple(self.profile(cells) for cells in table.sample(SAMPLE_ROWS))

    def profile(self, cells: Sequence[str]) -> ValueProfile:
        """Profile one column from its cells as they stand in the file."""
        counts = Counter(text for cell in cells if (text := (cell or "").strip()).lower() not in _EMPTY)
        tested = counts.most_common(_DISTINCT_TESTED)
        total = sum(number for _, number in tested)
        shares = {
            detector.label: share
            for detector in self.detectors
            if total and (share := sum(n for text, n in tested if detector.matches(text)) / total) > 0
        }
        numbers = sorted(number for text, _ in tested if (number := as_number(text)) is not None)
        numeric = bool(tested) and len(numbers) >= _PRESENT * len(tested)
        return ValueProfile(
            looked_at=len(cells),
            filled=sum(counts.values()),
            distinct=len(counts),
            kinds=tuple(sorted(shares.items(), key=lambda item: (-item[1], item[0]))),
            minimum=numbers[0] if numeric else None,
            maximum=numbers[-1] if numeric else None,
            median=numbers[len(numbers) // 2] if numeric else None,
            samples=tuple(text[:80] for text, _ in counts.most_common(_CHIPS)),
        )

    def findings(self, profile: ValueProfile) -> list[ValueFinding]:
        """Return what each detector says for and against the classes, given a column's profile."""
        if not profile.filled:
            return []
        trust = profile.filled / (profile.filled + _FULL_TRUST)
        shares = dict(profile.kinds)
        found = []
        for detector in self.detectors:
            share = shares.get(detector.label, 0.0)
            rules = self.present if share >= _PRESENT else self.absent if share <= _ABSENT else {}
            if weights := rules.get(detector.name):
                scaled = {
                    key: weight * trust * (share if share >= _PRESENT else 1.0) for key, weight in weights.items()
                }
                found.append(ValueFinding(_sentence(share, profile.filled, detector.label), scaled))
        return found


def as_number(text: str) -> float | None:
    """Read the first number of a cell ("3,665", "16 GiB", "61 / 127"), None when it starts with none."""
    match = _NUMBER.match(text.lstrip("$€£¥ "))
    if not match:
        return None
    digits = match.group().strip().replace(" ", "").replace("'", "")
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+(,\d+)?", digits) or "," in digits:
        digits = digits.replace(".", "").replace(",", ".")
    try:
        return float(digits)
    except ValueError:
        return None


def _sentence(share: float, count: int, label: str) -> str:
    if share < _PRESENT:
        return f"none of {count} values are {label}" if not share else f"only {share:.0%} of {count} values are {label}"
    return f"{share:.0%} of {count} values are {label}".replace("%", " %")


def _matcher(form: str, pattern: str) -> Callable[[str], bool]:
    if form == "words":
        words = frozenset(pattern.split(";"))
        return lambda text: text.lower() in words
    if form == "regex":
        compiled = re.compile(pattern, re.IGNORECASE)
        return lambda text: compiled.fullmatch(text) is not None
    raise BadInput(f"The value detectors know no form {form}.")


def _targets(target: str, catalogue: Catalogue) -> list[str]:
    if target.startswith("type:"):
        return [field.key for field in catalogue if field.type == target.removeprefix("type:")]
    if target in {"other", NO_FIELD} or target in catalogue:
        return [target]
    raise BadInput(f"The value rules name the unknown field {target}.")


def _complete(weights: dict[str, float], catalogue: Catalogue) -> dict[str, float]:
    """Give the weight of "other" to every field that has none of its own."""
    rest = weights.pop("other", 0.0)
    return {key: weights.get(key, rest) for key in (*catalogue.keys, NO_FIELD) if key != NO_FIELD or key in weights}
