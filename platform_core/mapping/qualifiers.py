"""Words that make a header speak of something else than the row's asset: video RAM, free space, BIOS version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from platform_core.domain.catalogue import Catalogue
from platform_core.mapping.tables import known_fields, rows


@dataclass(frozen=True)
class Qualifier:
    """A word, what it speaks of, the fields it may stand with all the same, and the logits it costs the others."""

    word: str
    of_what: str
    allowed: frozenset[str]
    weight: float

    @property
    def text(self) -> str:
        """Say in words why the column is not an attribute of the asset."""
        return f"“{self.word.replace('_', ' ')}” speaks of {self.of_what}"


@dataclass(frozen=True)
class Qualifiers:
    """All qualifying words."""

    by_word: dict[str, Qualifier]

    @classmethod
    def load(cls, folder: Path, catalogue: Catalogue) -> Qualifiers:
        """Read qualifiers.csv; raises BadInput for an unknown field."""
        table = rows(folder / "qualifiers.csv", "word", "of_what", "allowed_fields", "weight", "source")
        return cls(
            {
                row["word"]: Qualifier(
                    row["word"],
                    row["of_what"],
                    frozenset(known_fields(row["allowed_fields"], catalogue, "qualifiers.csv")),
                    float(row["weight"]),
                )
                for row in table
            }
        )

    def among(self, words: Sequence[str]) -> list[Qualifier]:
        """Return the qualifiers among the concepts of a header, in order, each once."""
        return [self.by_word[word] for word in dict.fromkeys(words) if word in self.by_word]
