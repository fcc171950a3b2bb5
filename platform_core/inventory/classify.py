"""What kind of thing a row describes, and the evidence for it; files in which kinds are mixed are normal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from platform_core.domain.inventory import AssetKind
from platform_core.domain.mapping import FileKind
from platform_core.inventory.cells import LONGEST_VALUE
from platform_core.inventory.identity import MACHINE_FIELDS, MACHINES, Names
from platform_core.inventory.signs import Sign
from platform_core.inventory.vocabularies import Vocabularies

APPLIANCES = frozenset((AssetKind.NETWORK, AssetKind.STORAGE))

_EVERY = frozenset(Names._fields)
_NAMING_OTHERS = frozenset(("asset_type", "database_name", "database_engine"))
_OF_NAMED_MACHINES = frozenset(("asset_name", "hostname", "os_name", "model", "manufacturer"))
"""All that `judge` comes to look at where a file of machines has no column that names other things."""

_LISTS = {
    FileKind.SERVER: "The file lists servers",
    FileKind.APPLICATION: "The file lists applications",
    FileKind.DATABASE: "The file lists databases",
    FileKind.NETWORK: "The file lists network equipment",
    FileKind.STORAGE: "The file lists storage",
    FileKind.HARDWARE: "The file lists hardware",
    FileKind.SOFTWARE: "The file lists software",
}


@dataclass(frozen=True, slots=True)
class KindOf:
    """The kind of a row and the sentence that says what it was told by."""

    kind: AssetKind
    evidence: str


class Classifier:
    """Decides what kind of asset each row of a file is, from its type word, its own cells and its file."""

    def __init__(self, file_kind: FileKind, fields: Collection[str], vocabularies: Vocabularies) -> None:
        same = {kind.value: kind for kind in AssetKind if kind is not AssetKind.OTHER}
        self._file_kind = same.get(file_kind.value)
        self._listing = file_kind
        self._names_machines = self._file_kind in MACHINES and _NAMING_OTHERS.isdisjoint(fields)
        self._has_machine_columns = not MACHINE_FIELDS.isdisjoint(fields)
        self._types, self._roles, self._signs = vocabularies.asset_types, vocabularies.roles, vocabularies.signs
        self._words: dict[str, tuple[AssetKind | None, AssetKind | None]] = {}

    def looks_at(self, *, named: bool) -> frozenset[str]:
        """Return the fields on which a row's kind depends; `named` = each row has a name or host name of its own."""
        return _OF_NAMED_MACHINES if named and self._names_machines else _EVERY

    def kind_of(self, row: Names) -> AssetKind:
        """Return the row's kind."""
        return self.judge(row).kind

    def judge(self, row: Names) -> KindOf:
        """Return the row's kind and what told it, the first of these that says something.

        The type word; a word for a role ("db", "web") in a row without anything that only machines have; an engine
        in a row that has nothing of a machine; operating system, model and maker, where the file lists machines;
        what the file lists, if the row can be that; what cells are filled.
        """
        typed, role = self._by_word(row.asset_type)
        if typed is not None:
            return KindOf(typed, f"Its type is “{row.asset_type}”")
        if role is not None and not row.is_machine:
            return KindOf(role, f"Its type is “{row.asset_type}”")
        return self._by_engine(row) or self._by_signs(row) or self._by_file(row) or self._by_cells(row)

    def _by_word(self, word: str | None) -> tuple[AssetKind | None, AssetKind | None]:
        if word is None or len(word) > LONGEST_VALUE:
            return None, None
        if word not in self._words:
            self._words[word] = (_kind(self._types.find(word)), _kind(self._roles.find(word)))
        return self._words[word]

    def _by_engine(self, row: Names) -> KindOf | None:
        named = row.database_name or row.database_engine
        if self._file_kind not in MACHINES or named is None or row.is_machine or row.ip_address:
            return None
        if row.manufacturer or row.model or row.serial_number:
            return None
        return KindOf(AssetKind.DATABASE, f"It has the database “{named}” and nothing of a machine")

    def _by_signs(self, row: Names) -> KindOf | None:
        """Tell by system, model and maker; of machines only, since applications and databases name theirs too."""
        if self._file_kind is not None and self._file_kind not in MACHINES:
            return None
        system = self._signs.read("os", row.os_name)
        model = self._signs.read("model", row.model)
        if system is not None and system.kind in APPLIANCES:
            return _shown(system, "operating system", row.os_name)
        if model is not None and model.kind is not None:
            return _shown(model, "model", row.model)
        if system is not None and system.kind is not None:
            return _shown(system, "operating system", row.os_name)
        maker = self._signs.read("maker", row.manufacturer) if row.os_name is None else None
        return _shown(maker, "maker", row.manufacturer) if maker is not None else None

    def _by_file(self, row: Names) -> KindOf | None:
        kind = self._file_kind
        if kind is None or (kind in MACHINES and not row.names_machine):
            return None
        if kind is AssetKind.DATABASE and not (row.database_name or row.names_machine):
            return None
        return KindOf(kind, _LISTS[self._listing])

    def _by_cells(self, row: Names) -> KindOf:
        if row.database_name or (row.database_engine and not row.os_name):
            return KindOf(AssetKind.DATABASE, "A database is named in its row")
        if row.is_machine and row.names_machine:
            return KindOf(AssetKind.SERVER, "Its row has what only machines have")
        if row.application_type or (row.application_name and not row.names_machine):
            return KindOf(AssetKind.APPLICATION, "Its row names an application and no machine")
        if self._has_machine_columns:
            return KindOf(AssetKind.SERVER, "Its file has columns that only machines fill")
        if row.manufacturer:
            return KindOf(AssetKind.HARDWARE, "It has a maker")
        return KindOf(AssetKind.OTHER, "Nothing in its row or file says what it is")


def _kind(word: str | None) -> AssetKind | None:
    return AssetKind(word) if word is not None else None


def _shown(sign: Sign | None, what: str, text: str | None) -> KindOf | None:
    if sign is None or sign.kind is None:
        return None
    return KindOf(sign.kind, f"Its {what} is “{text}”")
