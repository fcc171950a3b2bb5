"""How well duplicates are found in made inventories of which is known what is the same, beside a plain rule.

`python -m tests.perf.duplicates.measure [--assets N] [--seeds S …] [--one-file] [--bands]`

A pair counts as found when the engine puts both assets into one group. The plain rule joins assets with the same
name (without case, signs and domain), the same UUID or the same serial number, and everything that hangs together so.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

from platform_core.domain.duplicates import Duplicates, Likeness, likeness
from platform_core.domain.inventory import Asset, SourceRow
from platform_core.inventory import load_vocabularies
from platform_core.inventory.duplicates import Knowledge, find_duplicates, load_duplicate_knowledge
from platform_core.inventory.duplicates.marks import SHORTEST_SERIAL
from platform_core.inventory.names import loose, short_and_domain
from platform_core.reference import DATA
from tests.perf.duplicates.views import Truth, make

Given = TypeVar("Given")


def found_by_engine(assets: Sequence[Asset], known: Knowledge) -> tuple[list[list[int]], Duplicates]:
    """Return the groups of places that the engine finds, and all it tells."""
    found = find_duplicates(assets, known)
    place = {asset.key: number for number, asset in enumerate(assets)}
    groups = defaultdict[str, set[int]](set)
    for pair in found.pairs:
        if pair.group:
            groups[pair.group] |= {place[pair.first], place[pair.second]}
    return [sorted(group) for group in groups.values()], found


def found_by_rule(assets: Sequence[Asset], fillers: Collection[str]) -> list[list[int]]:
    """Return the groups of places that share a name, a UUID or a serial number."""
    parent = list(range(len(assets)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    seen: dict[tuple[str, str, str], int] = {}
    for at, asset in enumerate(assets):
        for sort in ("name", "uuid", "serial_number"):
            text = asset.name if sort == "name" else asset.values.get(sort)
            if text and len(str(text)) >= SHORTEST_SERIAL and str(text).casefold() not in fillers:
                token = (asset.kind, sort, loose(short_and_domain(str(text))[0]))
                parent[root(at)] = root(seen.setdefault(token, at))
    groups = defaultdict[int, list[int]](list)
    for at in range(len(assets)):
        groups[root(at)].append(at)
    return [group for group in groups.values() if len(group) > 1]


def shares(groups: Iterable[Sequence[int]], thing_of: Sequence[int]) -> tuple[float, float]:
    """Return pair precision and pair recall of groups."""
    right = wrong = 0
    for group in groups:
        inside = Counter(thing_of[at] for at in group)
        same = sum(number * (number - 1) // 2 for number in inside.values())
        right += same
        wrong += len(group) * (len(group) - 1) // 2 - same
    there = sum(number * (number - 1) // 2 for number in Counter(thing_of).values())
    return right / max(1, right + wrong), right / there


def timed(what: Callable[[], Given]) -> tuple[Given, float]:
    """Return what a call gives and the CPU seconds it took."""
    begun = time.process_time()
    return what(), time.process_time() - begun


def in_one_file(truth: Truth) -> Truth:
    """Return the inventory as if a single file listed everything."""
    for line, asset in enumerate(truth.assets, 2):
        asset.sources = [SourceRow(1, line)]
    return truth


def measure(assets: int, seed: int, known: Knowledge, *, one_file: bool) -> Duplicates:
    """Print one row of the table; return what the engine told."""
    truth = make(assets, seed)
    if one_file:
        in_one_file(truth)
    (groups, found), seconds = timed(lambda: found_by_engine(truth.assets, known))
    plain, plain_seconds = timed(lambda: found_by_rule(truth.assets, known.fillers))
    ours, theirs = shares(groups, truth.thing_of), shares(plain, truth.thing_of)
    files = "one" if one_file else "six"
    _say(
        f"| {len(truth.assets):,} | {seed} | {files} | {found.compared:,} "
        f"| {ours[0]:.4f} | {ours[1]:.4f} | {seconds:.1f} "
        f"| {theirs[0]:.4f} | {theirs[1]:.4f} | {plain_seconds:.1f} |"
    )
    return found


def print_bands(found: Duplicates, truth: Truth) -> None:
    """Print how many of the pairs of each band are one thing."""
    thing = {asset.key: number for asset, number in zip(truth.assets, truth.thing_of, strict=True)}
    for band in Likeness:
        inside = [pair for pair in found.pairs if likeness(pair.probability) is band]
        right = sum(thing[pair.first] == thing[pair.second] for pair in inside)
        mean = sum(pair.probability for pair in inside) / max(1, len(inside))
        _say(f"| {band} | {len(inside):,} | {mean:.2f} | {right / max(1, len(inside)):.3f} |")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--assets", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--one-file", action="store_true")
    parser.add_argument("--bands", action="store_true")
    asked = parser.parse_args(arguments)
    known = load_duplicate_knowledge(DATA, load_vocabularies(DATA))
    _say("| assets | seed | files | pairs compared | precision | recall | CPU s | rule: precision | recall | CPU s |")
    for seed in asked.seeds:
        found = measure(asked.assets, seed, known, one_file=asked.one_file)
        if asked.bands:
            print_bands(found, make(asked.assets, seed))


if __name__ == "__main__":
    main()
