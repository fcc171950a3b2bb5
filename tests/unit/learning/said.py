"""Words on headers, said in files of several kinds by several people in several migrations."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from platform_core.domain.learning import CorrectedFile, Correction, Loss, Scope, Verdict
from platform_core.domain.mapping import FileKind
from platform_core.learning import HeaderKeys, Memory
from platform_core.learning.vocabulary import plain

MEANINGS = {"ram": "memory", "mem": "memory", "cpus": "cpu"}
KEYS = HeaderKeys(plain, lambda header: " ".join(MEANINGS.get(word, word) for word in plain(header).split()))
HEADERS = ("RAM", "Mem", "CPUs", "Owner", "Site", "Name")
FIELDS = ("memory_gb", "cpu_cores", "business_owner", "location", "asset_name")
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SERVERS = CorrectedFile(kind=FileKind.SERVER, headers=HEADERS)
OTHER_SERVERS = CorrectedFile(kind=FileKind.SERVER, headers=("Host", "Zone", "Owner", "Rack", "Mem", "Note"))
APPLICATIONS = CorrectedFile(kind=FileKind.APPLICATION, headers=("Name", "Owner", "Users", "Vendor", "Notes"))
VINFO = CorrectedFile(format="RVTools vInfo", kind=FileKind.SERVER, headers=("VM", "Owner", "Memory", "CPUs"))
FILES = (SERVERS, OTHER_SERVERS, APPLICATIONS, VINFO, None)


def said(number: int, header: str, field: str | None, **more: object) -> Correction:
    verdict = Verdict.IGNORE if field is None else Verdict.MEANS
    given = {"verdict": verdict, "file": SERVERS, "author": "Ana", "at": AT, "migration_id": 1}
    return Correction.model_validate({"number": number, "header": header, "field": field, **given, **more})


def undone(word: Correction) -> Correction:
    return word.model_copy(update={"undone_at": AT, "undone_by": "Ben"})


@st.composite
def words(draw: st.DrawFn, number: int = 0) -> Correction:
    verdict = draw(st.sampled_from(Verdict))
    return said(
        number,
        draw(st.sampled_from(HEADERS)),
        None if verdict is Verdict.IGNORE else draw(st.sampled_from(FIELDS)),
        verdict=verdict,
        file=draw(st.sampled_from(FILES)),
        author=draw(st.sampled_from(("Ana", "Ben"))),
        migration_id=draw(st.sampled_from((1, 2, 3))),
        scope=draw(st.sampled_from(Scope)),
    )


@st.composite
def logs(draw: st.DrawFn, longest: int = 8) -> list[Correction]:
    drawn = draw(st.lists(words(), max_size=longest))
    return [word.model_copy(update={"number": place}) for place, word in enumerate(drawn, 1)]


class KnownColumns:
    """Columns whose right answer is known; the mapper without words gets all of them right."""

    def __init__(self, *columns: tuple[CorrectedFile, str, str | None]) -> None:
        self.columns = columns

    def wrong(self, memory: Memory) -> dict[object, Loss]:
        found: dict[object, Loss] = {}
        for file, header, right in self.columns:
            lesson = next((each for each in memory.lessons(file) if each.header == header), None)
            speaks = lesson is not None and lesson.is_word and header not in memory.spoken_of_here(file)
            if lesson is not None and speaks and lesson.field != right:
                found[file, header] = Loss(where="known", header=header, field=right, instead=lesson.field)
        return found
