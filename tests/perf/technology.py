"""How well technology names are told: every spelling looked up in a table that lacks it, and texts that name none.

`python -m tests.perf.technology [--aliases FILE [--exact]]`: the spellings that others wrote, or those of FILE (columns
alias, entity), each without all shipped spellings that differ from it in case, blanks and signs only. With `--exact`
only the row itself is left out: where FILE holds another that differs so little, that one stays.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from platform_core.domain.technology import Mention
from platform_core.reference import DATA
from platform_core.technology import Alias, Technologies, index_of, load_technologies, recognise
from platform_core.technology.spelling import key_of

FOLDS = 10
NOT_NAMES = Path(__file__).parents[1] / "unit" / "technology" / "not_technologies.csv"
Floats = npt.NDArray[np.float64]


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def held_out(asked: Sequence[Alias], known: Technologies, *, exact: bool) -> Iterator[tuple[Alias, Mention]]:
    """Yield every spelling with what a table without it, and without a tenth of the others, makes of it.

    The entity's own name stays in the table: it is known before any spelling is. `exact` = spellings that `asked` holds
    more than once, but for case, blanks and signs, stay too.
    """
    times = Counter((key_of(alias.text), alias.entity) for alias in asked)
    shipped = [Alias(row["alias"], row["entity"]) for row in read(DATA / "technology" / "aliases.csv")]
    fold_of = {(key_of(alias.text), alias.entity): place % FOLDS for place, alias in enumerate(shipped)}
    for fold in range(FOLDS):
        rest = [
            alias
            for alias in shipped
            if fold_of[key := (key_of(alias.text), alias.entity)] != fold or (exact and times[key] > 1)
        ]
        index = index_of(known.entities, rest, known.ordinary, known.certainty)
        for alias in asked:
            if fold_of.get((key_of(alias.text), alias.entity)) == fold:
                yield alias, recognise(alias.text, index)


def shares(answers: Sequence[tuple[Alias, Mention]]) -> tuple[float, float]:
    """Return the shares whose entity is the first, and is among the first three."""
    ranks = [[option.entity for option in mention.alternatives[:3]] for _, mention in answers]
    wanted = [alias.entity for alias, _ in answers]
    first = np.mean([bool(found) and found[0] == name for found, name in zip(ranks, wanted, strict=True)])
    return float(first), float(np.mean([name in found for found, name in zip(ranks, wanted, strict=True)]))


def calibration_error(answers: Sequence[tuple[Alias, Mention]], bins: int = 10) -> float:
    """Return the expected calibration error of the confidence (equal-width bins)."""
    sure = np.array([mention.confidence for _, mention in answers])
    right = np.array([bool(m.alternatives) and m.alternatives[0].entity == a.entity for a, m in answers], float)
    places = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [abs(sure[places == b].mean() - right[places == b].mean()) * (places == b).mean() for b in set(places)]
    return float(sum(gaps))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aliases", type=Path, default=DATA / "technology" / "aliases.csv")
    parser.add_argument("--exact", action="store_true")
    wanted = parser.parse_args()
    rows = [row for row in read(wanted.aliases) if not row.get("source", "").startswith("written")]
    asked = [Alias(row["alias"], row["entity"]) for row in rows]
    known = load_technologies(DATA)
    answers = list(held_out(asked, known, exact=wanted.exact))
    first, three = shares(answers)
    named = [pair for pair in answers if pair[1].entity is not None]
    right = float(np.mean([alias.entity == mention.entity for alias, mention in named]))
    nothing = [recognise(row["text"], known) for row in read(NOT_NAMES)]
    taken = [mention for mention in nothing if mention.entity is not None]
    lines = [
        f"{len(answers)} spellings held out: first {first:.3f}, among three {three:.3f}",
        f"named {len(named) / len(answers):.3f}, right of these {right:.3f}, ECE {calibration_error(answers):.3f}",
        f"{len(nothing)} texts that name none: {len(taken) / len(nothing):.3f} taken for a technology",
        *(f"  {mention.text} → {mention.entity} ({mention.confidence:.2f})" for mention in taken),
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
