"""Damaged files by the thousand: each must be refused in words or read with every row accounted for, in good time."""

from __future__ import annotations

import io
import random
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from platform_core.errors import BadInput
from tests.unit.ingest.packages import SHEET_XML, repacked
from tests.unit.ingest.reading import read_all
from tests.unit.ingest.test_mutations import OLD_WORKBOOK, SHEET, TEXTS, assert_every_row_is_accounted_for, mutated

HANG_SECONDS = 10
KINDS = ("cut", "copy", "put", "flip")
PIECES = (b'"', b"\n", b"\r", b";", b",", b"\0", b"\xff", b'"";', b"\xc3", bytes(20), b'";"')
PARTS = (SHEET_XML, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml")


@dataclass
class Verdicts:
    """What became of the damaged files; a fault names the seed by which its file is made again."""

    read: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)


def read_mutants(seeds: range, *, workbook_share: float) -> Verdicts:
    """Make a damaged file for each seed and read it; `workbook_share` of them are workbooks."""
    verdicts = Verdicts()
    for seed in seeds:
        try:
            with _patience():
                _read(_mutant(random.Random(seed), workbook_share), verdicts)
        except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
            verdicts.faults.append(f"seed {seed}: {type(error).__name__}: {error}"[:300])
    return verdicts


def _read(content: bytes, verdicts: Verdicts) -> None:
    try:
        outcomes = read_all(content)
    except BadInput:
        verdicts.refused += 1
        return
    for outcome in outcomes:
        assert_every_row_is_accounted_for(outcome)
    verdicts.read += 1


def _mutant(chance: random.Random, workbook_share: float) -> bytes:
    if chance.random() >= workbook_share:
        return mutated(chance.choice(TEXTS), _changes(chance))
    if chance.random() < 0.5:
        return mutated(chance.choice((SHEET, OLD_WORKBOOK)), _changes(chance))
    part = chance.choice(PARTS)
    with zipfile.ZipFile(io.BytesIO(SHEET)) as package:
        return repacked(SHEET, {part: mutated(package.read(part), _changes(chance))})


def _changes(chance: random.Random) -> list[tuple[str, float, int, bytes]]:
    return [
        (chance.choice(KINDS), chance.random(), chance.randint(1, 60), chance.choice(PIECES))
        for _ in range(chance.randint(1, 8))
    ]


@contextmanager
def _patience() -> Iterator[None]:
    """Raise TimeoutError in a block that takes too long."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {HANG_SECONDS} s")

    former = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, HANG_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
