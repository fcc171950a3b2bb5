"""Texts of the imports that became no value of their field: what they probably mean, and rules that read them so.

A reading is a repair rule like any other: it holds over rebuilds and later imports, keeps the raw text, and is taken
back alone. It fills fields that are empty; where another row told a value, that one stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any

from platform_core.domain.asset_decisions import Change, ChangeKind, Comparison, Condition, DecisionKind, Rule
from platform_core.domain.base import Frozen
from platform_core.domain.catalogue import FieldType
from platform_core.domain.inventory import REFUSED, Asset, AssetKind, IssueKind
from platform_core.domain.stored_values import LISTS, as_json
from platform_core.errors import BadInput
from platform_core.inventory import ProposedReading, propose_reading, rule_effect, unknown_word
from platform_core.reference import catalogue
from platform_core.services import repairs
from platform_core.services.asset_edits import EDITABLE, label, read_cell
from platform_core.services.knowledge import vocabularies
from platform_core.services.mappings import standing
from platform_core.services.repairs import StandingRule
from platform_core.services.snapshots import snapshot_of
from platform_core.store import Store, UnitOfWork
from platform_core.store.models import IssueRow
from platform_core.store.snapshots import figures
from platform_core.store.snapshots.opening import Snapshot

KINDS = (*REFUSED, IssueKind.INCOMPLETE)
"""Findings that this tells of."""

MOST_LISTED = 500
"""So many texts are looked at together, the most frequent ones; others come up as these are settled."""

OWN_WORDS = frozenset({"status"})
"""Closed sets beside which every source has words of its own, which stand as they are."""

LONGEST_SHOWN = 60
KEPT = 8
"""Lists of the latest inventory revisions looked at, shared by all analysts of this process."""


class Sort(StrEnum):
    """What became of a text."""

    REFUSED = "refused"  # its field stayed empty
    PART = "part"  # it is a part of a total, which is unknown therefore
    WORD = "word"  # it stands as it is in a field with a closed set of words, and is none of them


class RefusedText(Frozen):
    """A text in a field: in how many cells and assets, why it is no value, and what it probably means.

    `proposal` is None where nothing is proposed; its value is None where the text says that nothing is known.
    """

    field: str
    text: str
    sort: Sort
    why: str
    cells: int
    assets: int
    proposal: ProposedReading | None = None

    @property
    def key(self) -> str:
        """A short name for the screen, whatever the text is."""
        return sha256(f"{self.sort}\0{self.field}\0{self.text}".encode()).hexdigest()[:12]

    @property
    def can_be_read(self) -> bool:
        """Whether a rule can say what it means: not of a part of a total, nor of a dependency."""
        return self.sort is not Sort.PART and self.assets > 0 and self.field in EDITABLE


class RefusedTexts(Frozen):
    """The texts that nobody settled, most frequent first; `more` = there are others."""

    texts: tuple[RefusedText, ...]
    more: bool


class Example(Frozen):
    """An asset with a text: where that stands, the value of its field now and with the reading."""

    key: str
    kind: AssetKind
    name: str
    file_name: str
    line: int
    before: Any
    after: Any


def view(store: Store, migration_id: int) -> RefusedTexts:
    """Return the texts that no rule reads; what there is is remembered until the inventory changes."""
    work = store.unit_of_work()
    done = settled(work, migration_id)
    with work.reading():
        revision = work.migrations.get(migration_id).inventory_revision
    known = _texts(store, migration_id, revision, MOST_LISTED + len(done))
    left = [each for each in known if not _is_settled(each, done)]
    return RefusedTexts(texts=tuple(left[:MOST_LISTED]), more=len(left) > MOST_LISTED)


def count_open(work: UnitOfWork, migration_id: int) -> int:
    """Return how many texts that became no value nobody settled, up to `MOST_LISTED`.

    Call inside an open block of `work`. Findings change with a rebuild only, so they are remembered by its stamp.
    """
    stamp = work.migrations.get(migration_id).inventory_stamp
    if stamp is None:
        return 0
    known = _refused_of.get(stamp)
    if known is None:
        found = work.issues.texts(migration_id, tuple(REFUSED), limit=MOST_LISTED)
        known = frozenset((field, text) for _, field, text, _, assets, *_ in found if assets and field in EDITABLE)
        _refused_of[stamp] = known
        while len(_refused_of) > KEPT:
            _refused_of.pop(next(iter(_refused_of)), None)
    rules = work.asset_decisions.standing(migration_id, DecisionKind.RULE) if known else ()
    return len(known - {repairs.read_by(each.content) for each in rules if isinstance(each.content, Rule)})


_refused_of: dict[str, frozenset[tuple[str, str]]] = {}
"""By the stamp of a rebuild, the (field, text) of what it refused."""


def settled(work: UnitOfWork, migration_id: int) -> dict[tuple[str, str], StandingRule]:
    """Return the standing rules that say what a text in a field means, by field and text."""
    found: dict[tuple[str, str], StandingRule] = {}
    for each in repairs.standing(work, migration_id):
        about = repairs.read_by(each.rule)
        if about is not None:
            found.setdefault(about, each)
    return found


def reading(item: RefusedText, said: str) -> Rule:
    """Return the rule that reads a text as `said` wherever it stands; empty = it says that nothing is known.

    Raises BadInput where `said` cannot be read as a value of the field either, or no rule can read the text.
    """
    value, why = read_cell(item.field, said)
    if why or (value is not None and not item.can_be_read):
        raise BadInput(
            f"{label(item.field)}: {why or 'no rule can set it'}.", hint="Write the value as an import would."
        )
    test = Comparison.IS if item.sort is Sort.WORD else Comparison.REFUSED
    condition = Condition(field=item.field, test=test, value=item.text)
    shown = item.text if len(item.text) <= LONGEST_SHOWN else f"{item.text[:LONGEST_SHOWN]}…"
    if value is None:
        change = Change(kind=ChangeKind.LEAVE, field=item.field)
        return Rule(title=f"“{shown}” left as it is in {label(item.field)}", conditions=(condition,), change=change)
    title = f"“{shown}” read as {said.strip()[:LONGEST_SHOWN]} in {label(item.field)}"
    if item.sort is Sort.WORD:
        change = Change(kind=ChangeKind.REPLACE, field=item.field, words={item.text: str(value)})
        return Rule(title=title, conditions=(condition,), change=change)
    if catalogue()[item.field].type in LISTS:
        change = Change(kind=ChangeKind.ADD, field=item.field, value=as_json(value))
        return Rule(title=title, conditions=(condition,), change=change)
    empty = Condition(field=item.field, test=Comparison.EMPTY)
    change = Change(kind=ChangeKind.SET, field=item.field, value=as_json(value))
    return Rule(title=title, conditions=(condition, empty), change=change)


def proposed(texts: Iterable[RefusedText]) -> list[tuple[RefusedText, str]]:
    """Return the texts of which a value is proposed, each with how an analyst would write it."""
    return [
        (each, as_said(each.proposal.value))
        for each in texts
        if each.can_be_read and each.proposal is not None and each.proposal.value is not None
    ]


def as_said(value: Any) -> str:
    """Return a value as it would be written into a cell, "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}"
    return "; ".join(value) if isinstance(value, tuple) else str(as_json(value))


def words_for(field: str) -> list[str]:
    """Return what can be said of a field with a closed set of words, nothing where it has none."""
    kind = catalogue()[field].type
    if kind is FieldType.BOOLEAN:
        return ["yes", "no"]
    known = vocabularies().words_of(field)
    return sorted({*known.whole.values(), *known.parts.values()}) if kind is FieldType.CATEGORY else []


def count(work: UnitOfWork, migration_id: int, rule: Rule) -> int:
    """Return how many assets a reading would change."""
    with work.reading():
        return work.asset_edits.count(migration_id, rule.conditions)


def examples(
    work: UnitOfWork, migration_id: int, item: RefusedText, rule: Rule | None, *, limit: int = 20
) -> list[Example]:
    """Return the first assets with a text, each with what a rule would make of it."""
    with work.reading():
        names = {row.id: row.file_name for row in work.imports.of(migration_id)}
        places = dict(_places(work, migration_id, item, limit))
        stored = work.asset_edits.whole(migration_id, places)
    shown = []
    for each in stored:
        import_id, line = places[each.asset.key] or _place_of(each.asset, item.field)
        each.asset.refused = frozenset({(item.field, item.text)})
        before = each.asset.values.get(item.field)
        after = rule_effect(rule, catalogue())(each.asset).get(item.field, before) if rule is not None else before
        shown.append(
            Example(
                key=each.asset.key,
                kind=each.asset.kind,
                name=each.asset.name,
                file_name=names.get(import_id, "–"),
                line=line,
                before=before,
                after=after,
            )
        )
    return shown


def settled_cells(work: UnitOfWork, migration_id: int, about: Iterable[tuple[str, str]]) -> int:
    """Return how many cells hold texts that rules read. Call inside an open block of `work`."""
    return work.issues.count_texts(migration_id, sorted(about))


@lru_cache(maxsize=KEPT)
def _texts(store: Store, migration_id: int, _revision: int, limit: int) -> tuple[RefusedText, ...]:
    work = store.unit_of_work()
    with work.reading():
        found = work.issues.texts(migration_id, KINDS, limit=limit + 1)
        firsts = work.issues.numbered([number for *_, number in found])
        units = _Units(work, migration_id)
        refused = [_refused(row, firsts[row[-1]], units) for row in found if row[1] in catalogue()]
        strange = list(_words(snapshot_of(work, migration_id)))
    return tuple(sorted([*refused, *strange], key=lambda each: -each.cells))


def _refused(row: Sequence[Any], first: IssueRow, units: _Units) -> RefusedText:
    kind, field, text, cells, assets, imports, _ = row
    sort = Sort.PART if kind == IssueKind.INCOMPLETE else Sort.REFUSED
    why, proposal = first.text.rpartition(";")[0] or first.text, None
    if sort is Sort.REFUSED:
        each = units.of_text(kind, field, text) if imports > 1 else [units.of(first.import_id, field)]
        read = {propose_reading(text, catalogue()[field], vocabularies(), unit=unit) for unit in each}
        proposal = next(iter(read)) if len(read) == 1 else None
        if len(read) > 1:
            named = ", ".join(sorted(unit or catalogue()[field].unit for unit in each))
            why = f"{why}; the files that hold it count in different units ({named})"
    return RefusedText(field=field, text=text, sort=sort, why=why, cells=cells, assets=assets, proposal=proposal)


def _words(snapshot: Snapshot) -> Iterator[RefusedText]:
    """Yield the values of closed sets that are none of their words."""
    for field in catalogue():
        if field.key in OWN_WORDS or field.key not in EDITABLE or field.type is not FieldType.CATEGORY:
            continue
        for text, number in figures.values(snapshot, field.key, limit=MOST_LISTED):
            if unknown_word(text, field, vocabularies()):
                yield RefusedText(
                    field=field.key,
                    text=text,
                    sort=Sort.WORD,
                    why=f"This is no known word for {field.label}; it stands as it is",
                    cells=number,
                    assets=number,
                    proposal=propose_reading(text, field, vocabularies()),
                )


class _Units:
    """The units of the columns that feed a field, import by import."""

    def __init__(self, work: UnitOfWork, migration_id: int) -> None:
        self._work, self._migration_id = work, migration_id
        self._known: dict[int, Mapping[str, str | None]] = {}

    def of_text(self, kind: str, field: str, text: str) -> list[str | None]:
        """Return the different units in which the imports that hold a text count."""
        holding = self._work.issues.imports_with(self._migration_id, kind, field, text)
        return list(dict.fromkeys(self.of(number, field) for number in holding))

    def of(self, import_id: int, field: str) -> str | None:
        """Return the unit of the first column of an import that feeds a field; None = the field's own."""
        if import_id not in self._known:
            columns = standing(self._work.mappings.of(import_id), undecided=False)
            self._known[import_id] = {column.field: column.unit for column in reversed(columns)}
        return self._known[import_id].get(field)


def _is_settled(item: RefusedText, done: Mapping[tuple[str, str], StandingRule]) -> bool:
    """Tell whether a rule says what a text means; of a part of a total it can only say that it is left so."""
    rule = done.get((item.field, item.text))
    return rule is not None and (item.sort is not Sort.PART or rule.rule.change.kind is ChangeKind.LEAVE)


def _places(
    work: UnitOfWork, migration_id: int, item: RefusedText, limit: int
) -> Iterator[tuple[str, tuple[int, int] | None]]:
    if item.sort is Sort.WORD:
        condition = Condition(field=item.field, test=Comparison.IS, value=item.text)
        ids = figures.page(snapshot_of(work, migration_id), [condition], offset=0, limit=limit)
        for key, *_ in work.assets.rows(ids, ()):
            yield key, None
        return
    for row in work.issues.of_text(migration_id, item.field, item.text, limit=limit):
        if row.asset_key is not None:
            yield row.asset_key, (row.import_id, row.line)


def _place_of(asset: Asset, field: str) -> tuple[int, int]:
    source = asset.sources[asset.origins.get(field, 0)] if asset.sources else None
    return (source.import_id, source.line) if source is not None else (0, 0)
