"""What speaks for and against a pair, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from platform_core.domain.duplicates import Pair, Reason
from platform_core.domain.inventory import Asset, Value
from platform_core.inventory.duplicates.host_names import Scheme
from platform_core.inventory.duplicates.knowledge import Knowledge
from platform_core.inventory.duplicates.records import IDENTIFIERS, read_records

_ALSO = {
    "location": ("location", "datacenter"),
    "owner": ("business_owner", "application_owner", "technical_owner"),
    "hostname": ("hostname", "fqdn"),
}
"""Fields of which the first filled one is compared."""


def reasons(pair: Pair, first: Asset, second: Asset, known: Knowledge, file_names: Mapping[int, str]) -> list[Reason]:
    """Return the evidence of a pair as sentences, the strongest first; the start stays in front.

    `first` and `second` are the pair's assets as they were compared; `file_names` names their sources.
    """
    words = _Words(first, second, known, file_names)
    told = [Reason(field=e.field, text=words.of(e.field, e.level, e.mentions), weight=e.weight) for e in pair.evidence]
    return [told[0], *sorted(told[1:], key=lambda reason: -abs(reason.weight))]


class _Words:
    """Fills the sentences of the evidence table with what two assets say."""

    def __init__(self, first: Asset, second: Asset, known: Knowledge, file_names: Mapping[int, str]) -> None:
        self._assets = (first, second)
        self._known, self._file_names = known, file_names
        self._records = read_records((first, second), known)

    def of(self, field: str, level: str, count: int) -> str:
        """Return the sentence for one piece of evidence."""
        first, second = self._said(field)(field, level)
        value = self._shared(field) if field in IDENTIFIERS else first
        text = self._known.levels[field][level].text
        return " ".join(text.format(first=first, second=second, value=value, count=f"{count:,}").split())

    def _said(self, field: str) -> Callable[[str, str], tuple[str, str]]:
        return {"name": self._names, "fqdn": self._domains, "source": self._files}.get(field, self._values)

    def _values(self, field: str, _level: str) -> tuple[str, str]:
        fields = _ALSO.get(field, (field,))
        first, second = (
            next((v for f in fields if (v := asset.values.get(f)) is not None), "") for asset in self._assets
        )
        return _shown(first), _shown(second)

    def _names(self, _field: str, level: str) -> tuple[str, str]:
        ours, theirs = self._records.names
        if level == "alias":
            return next(name for name in (*ours, *theirs) if name in ours and name in theirs), ""
        if not ours or not theirs or ours[0] == theirs[0]:
            return (ours or theirs or ("",))[0], (theirs or ours or ("",))[0]
        found = Scheme(self._known.codes, {}, {}, {}).compare(ours[0], theirs[0])
        if level in {"cut", "cut shared"} and len(found.first) > len(found.second):
            return found.second, found.first
        return found.first, found.second

    def _domains(self, _field: str, _level: str) -> tuple[str, str]:
        texts, (first, second) = list(self._records.domains.texts), self._records.domains.values
        return texts[first], texts[second]

    def _files(self, _field: str, _level: str) -> tuple[str, str]:
        first, second = ({row.import_id for row in asset.sources} for asset in self._assets)
        both = sorted(first & second)
        return (self._file_names.get(both[0], "One file") if both else "One file"), ""

    def _shared(self, field: str) -> str:
        marks = self._records.marks[field]
        carried = list(zip(marks.owners, marks.codes, strict=True))
        texts = [text for _, text in marks.texts]
        both = {code for owner, code in carried if owner == 0} & {code for owner, code in carried if owner == 1}
        return ", ".join(texts[code].removeprefix("b:").removeprefix("i:").removeprefix("o:") for code in sorted(both))


def _shown(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
