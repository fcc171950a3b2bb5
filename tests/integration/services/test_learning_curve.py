"""Correcting files makes the next ones easier and never harder: six lists of a house whose headers no tool uses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from platform_core.domain.learning import CorrectedFile, Correction, Verdict
from platform_core.domain.mapping import FileKind
from platform_core.domain.table import Table
from platform_core.learning import Memory
from platform_core.services.knowledge import header_keys
from platform_core.services.suggesting import suggest

MEANINGS: dict[str, str | None] = {
    "ZQ_MASCH": "asset_name",
    "ZQ_KAPA": "memory_gb",
    "ZQ_RECHENW": "cpu_cores",
    "ZQ_VERANTW": "technical_owner",
    "ZQ_UMGEB": "environment",
    "ZQ_ORTKZ": "location",
    "ZQ_PLATTE": "storage_gb",
    "ZQ_BETRSYS": "os_name",
    "ZQ_STICKER": None,
    "ZQ_ANMERK": None,
    "ZQ_LFDNR": None,
}
HOUSE = (
    ("ZQ_MASCH", "ZQ_KAPA", "ZQ_RECHENW", "ZQ_VERANTW", "ZQ_STICKER", "ZQ_UMGEB"),
    ("ZQ_MASCH", "ZQ_KAPA", "ZQ_ORTKZ", "ZQ_STICKER", "ZQ_PLATTE", "ZQ_ANMERK"),
    ("ZQ_MASCH", "ZQ_RECHENW", "ZQ_ORTKZ", "ZQ_VERANTW", "ZQ_UMGEB", "ZQ_LFDNR"),
    ("ZQ_MASCH", "ZQ_PLATTE", "ZQ_KAPA", "ZQ_ANMERK", "ZQ_BETRSYS", "ZQ_LFDNR"),
    ("ZQ_MASCH", "ZQ_BETRSYS", "ZQ_UMGEB", "ZQ_RECHENW", "ZQ_STICKER", "ZQ_ORTKZ"),
    ("ZQ_MASCH", "ZQ_KAPA", "ZQ_BETRSYS", "ZQ_VERANTW", "ZQ_PLATTE", "ZQ_ORTKZ"),
)
ORDINARY = ["Server Name", "Operating System", "Memory (GB)", "CPU Cores", "Location", "Environment", "Owner", "Notes"]


def memory_of(corrected: int) -> Memory:
    words: list[Correction] = []
    for headers in HOUSE[:corrected]:
        file = CorrectedFile(kind=FileKind.SERVER, headers=headers)
        for header in headers:
            field = MEANINGS[header]
            verdict = Verdict.MEANS if field else Verdict.IGNORE
            number = len(words) + 1
            words.append(
                Correction(number=number, header=header, verdict=verdict, field=field, file=file, migration_id=1)
            )
    return Memory(words, header_keys(), 1)


def answered(headers: Sequence[str], memory: Memory) -> dict[str, str | None]:
    return {s.header: s.field for s in suggest(Table.of(headers, []), memory).suggestions}


def f1(files: Sequence[Sequence[str]], memory: Memory) -> float:
    answers = [(MEANINGS[header], field) for headers in files for header, field in answered(headers, memory).items()]
    right = sum(field == meant for meant, field in answers if meant)
    given, due = (sum(answer[place] is not None for answer in answers) for place in (1, 0))
    return 2 * right / (given + due)


def test_each_corrected_file_helps_and_none_hurts() -> None:
    curve = [f1(HOUSE, memory_of(k)) for k in range(len(HOUSE))]
    assert all(later >= earlier - 0.005 for earlier, later in pairwise(curve))
    assert curve[5] >= curve[0] + 0.06


def test_files_that_were_never_corrected_gain_as_well() -> None:
    last = HOUSE[5:]
    assert f1(last, memory_of(5)) >= f1(last, memory_of(0)) + 0.06


def test_what_a_house_taught_leaves_ordinary_lists_alone() -> None:
    assert answered(ORDINARY, memory_of(5)) == answered(ORDINARY, memory_of(0))
