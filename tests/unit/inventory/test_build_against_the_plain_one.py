"""The build, however fast it is carried out, gives what its rules say: held against the plainest carrying out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from platform_core.domain.inventory import Asset, Inventory, IssueKind, Value
from platform_core.domain.mapping import FileKind, MappedTable
from platform_core.domain.table import Batch, Table
from tests.unit.inventory.plain_build import Place, Plain, Row, Told, Unspecified, plain_build, unread
from tests.unit.inventory.tables import build, mapped

UUIDS = ["420b85c1-ef0d-37fb-6897-61c47157f858", "430b85c1-ef0d-37fb-6897-61c47157f859"]
CELLS = {
    "asset_name": ["a", "b", "My box"],
    "hostname": ["a", "A", "b", "c"],
    "uuid": UUIDS,
    "serial_number": ["SN7", "sn7", "SN8"],
    "application_name": ["Payroll", "PAYROLL", "Claims"],
    "cpu_cores": ["4", "8", "plenty"],
    "location": ["Leeds", "Oslo", "oslo"],
    "ip_address": ["10.0.0.1", "10.0.0.2"],
    "last_seen": ["2024-01-31", "2024-02-29"],
}


class SmallBatches(Table):
    """A table that is read two rows at a time."""

    def batches(self, positions: Sequence[int] | None = None, *, rows: int = 2) -> Iterator[Batch]:
        return super().batches(positions, rows=rows)


@st.composite
def server_files(draw: st.DrawFn) -> list[Row]:
    """Return rows with any of the columns; all host names of a file have one domain, or none."""
    fields = draw(st.lists(st.sampled_from(list(CELLS)), unique=True, min_size=1))
    domain = draw(st.sampled_from(["", "", ".x.example", ".y.example"]))
    cells = {name: st.sampled_from(["", *CELLS[name]]) for name in fields}
    rows = draw(st.lists(st.fixed_dictionaries(cells), max_size=6))
    for row in rows:
        if row.get("hostname"):
            row["hostname"] += domain
    return [{name: cell for name, cell in row.items() if cell} for row in rows]


APPLICATION_FILES = st.lists(
    st.fixed_dictionaries({"application_name": st.sampled_from(["Payroll", "payroll", "Claims"])}), max_size=3
)
FILES = st.lists(st.one_of(server_files(), server_files(), APPLICATION_FILES), min_size=1, max_size=4)


def is_register(rows: list[Row]) -> bool:
    return bool(rows) and all(set(row) == {"application_name"} for row in rows)


def tables(files: list[list[Row]]) -> list[MappedTable]:
    made = []
    for import_id, rows in enumerate(files, 1):
        kind = FileKind.APPLICATION if is_register(rows) else FileKind.SERVER
        table = mapped(list(CELLS), *([row.get(n, "") for n in CELLS] for row in rows), kind=kind, import_id=import_id)
        small = SmallBatches(table.table.headers, table.table.source)
        made.append(MappedTable(import_id, table.name, kind, small, table.columns))
    return made


def as_text(value: Value) -> str:
    if isinstance(value, tuple):
        return " ".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def told(asset: Asset) -> Told:
    places = [(source.import_id, source.line) for source in asset.sources]
    values = {name: as_text(value) for name, value in asset.values.items()}
    return Told(str(asset.kind), asset.name, places, values, {n: places[at] for n, at in asset.origins.items()})


def places_of(built: Inventory, kind: IssueKind) -> list[Place]:
    return sorted((issue.import_id, issue.line) for issue in built.issues if issue.kind is kind)


def expected(files: list[list[Row]]) -> Plain:
    try:
        return plain_build(files)
    except Unspecified:
        assume(False)
        raise


@settings(deadline=None, max_examples=250)
@given(FILES)
def test_files_become_what_the_rules_make_of_them(files: list[list[Row]]) -> None:
    plain = expected(files)
    built = build(*tables(files))
    assert {asset.key: told(asset) for asset in built.assets} == plain.assets
    assert [asset.key for asset in built.assets] == list(plain.assets)
    contradictions = [
        (i.field, (i.import_id, i.line), i.asset_key) for i in built.issues if i.kind is IssueKind.CONFLICT
    ]
    assert Counter(contradictions) == Counter(plain.contradictions)
    assert places_of(built, IssueKind.NO_IDENTITY) == plain.skipped
    assert places_of(built, IssueKind.UNREADABLE) == list(unread(files))
    assert (built.rows_skipped, built.rows_used) == (len(plain.skipped), sum(map(len, files)) - len(plain.skipped))
    assert len(built.issues) == len(contradictions) + len(plain.skipped) + len(list(unread(files)))
