"""Rows that say "this needs that": collected into dependencies, equal observations counted once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from platform_core.domain.inventory import Dependency, SourceRow, Value
from platform_core.inventory.vocabularies import Vocabularies
from platform_core.inventory.words import plain

Columns = Mapping[str, Sequence[Value | None]]

SOURCE_FALLBACKS = ("asset_name", "hostname", "fqdn", "application_name")
"""Names a row can give its own asset, for files whose rows are the source themselves."""

DEPENDENCY_FIELDS = (
    "dep_source", "dep_target", "dep_source_ip", "dep_target_ip", "dep_port", "dep_protocol", "dep_relation_type",
    "dep_process",
)  # fmt: skip

END_FIELDS = ("dep_source", "dep_target", "dep_source_ip", "dep_target_ip")


class LinkEnds(NamedTuple):
    """The two ends a row names; an end known only by its address is named by it."""

    source: str | None = None
    target: str | None = None
    source_ip: str | None = None
    target_ip: str | None = None

    @property
    def both(self) -> bool:
        """Whether the row says what needs what."""
        return self.source is not None and self.target is not None


def can_link(fields: Collection[str]) -> bool:
    """Tell whether rows of a file with these fields mapped can be dependencies."""
    has_target = "dep_target" in fields or "dep_target_ip" in fields
    has_source = "dep_source" in fields or "dep_source_ip" in fields
    return has_target and (has_source or bool(set(SOURCE_FALLBACKS).intersection(fields)))


def ends_of(values: Columns, rows: int) -> list[LinkEnds]:
    """Return the ends that each row names."""
    nothing: list[Value | None] = [None] * rows
    own = [values[name] for name in SOURCE_FALLBACKS if name in values]
    own_names = [next(filter(None, row), None) for row in zip(*own, strict=True)] if own else nothing
    columns = [values.get(name, nothing) for name in END_FIELDS]
    return [_ends(*row) for row in zip(*columns, own_names, strict=True)]


def _ends(
    source: Value | None, target: Value | None, source_ip: Value | None, target_ip: Value | None, own: Value | None
) -> LinkEnds:
    from_ip, to_ip = _single(source_ip), _single(target_ip)
    return LinkEnds(_single(source) or from_ip or _single(own), _single(target) or to_ip, from_ip, to_ip)


def _single(value: Value | None) -> str | None:
    if isinstance(value, tuple):
        return value[0] if value else None
    return str(value) if value is not None else None


class _Flow(NamedTuple):
    """What makes two observations the same dependency."""

    ends: LinkEnds
    port: int | None = None
    protocol: str | None = None
    relation: str | None = None
    process: str | None = None


class Links:
    """Collects dependencies; rows that say the same add their weight and source to one."""

    def __init__(self, vocabularies: Vocabularies) -> None:
        self._vocabularies = vocabularies
        self._found: dict[_Flow, Dependency] = {}
        self._reversed: dict[str, bool] = {}

    @property
    def dependencies(self) -> list[Dependency]:
        """All dependencies in order of their first row."""
        return list(self._found.values())

    def add_rows(self, values: Columns, sources: Sequence[SourceRow]) -> None:
        """Add the dependencies of the rows that name both ends."""
        nothing: list[Value | None] = [None] * len(sources)
        details = [values.get(n, nothing) for n in ("dep_port", "dep_protocol", "dep_relation_type", "dep_process")]
        for ends, port, protocol, relation, process, source in zip(
            ends_of(values, len(sources)), *details, sources, strict=True
        ):
            if ends.both:
                said = _single(relation)
                oriented = _turned(ends) if self.is_reversed(said) else ends
                for flow in _flows(oriented, port, _single(protocol), said, _single(process)):
                    self._count(flow, source)

    def add_reversed(self, needed: str, needing: Sequence[str], relation: str, source: SourceRow) -> None:
        """Add that each of `needing` needs `needed`, for a row that lists who uses it."""
        for name in needing:
            self._count(_Flow(LinkEnds(name, needed), relation=relation), source)

    def is_reversed(self, relation: Value | None) -> bool:
        """Tell whether a relation says that the target needs the source; of "A::B" only A speaks of the source."""
        if not isinstance(relation, str):
            return False
        if relation not in self._reversed:
            self._reversed[relation] = self._vocabularies.is_reversed(plain(relation.partition("::")[0]))
        return self._reversed[relation]

    def _count(self, flow: _Flow, source: SourceRow) -> None:
        dependency = self._found.get(flow)
        if dependency is not None:
            dependency.weight += 1
            dependency.sources.append(source)
            return
        ends = flow.ends
        self._found[flow] = Dependency(
            source_name=ends.source or "",
            target_name=ends.target or "",
            source_ip=ends.source_ip,
            target_ip=ends.target_ip,
            port=flow.port,
            protocol=flow.protocol,
            relation=flow.relation,
            process=flow.process,
            sources=[source],
        )


def _turned(ends: LinkEnds) -> LinkEnds:
    return LinkEnds(ends.target, ends.source, ends.target_ip, ends.source_ip)


def _flows(
    ends: LinkEnds, ports: Value | None, protocol: str | None, relation: str | None, process: str | None
) -> list[_Flow]:
    """Return one flow for each port a row lists; a protocol beside the port counts where the row has no other."""
    if not isinstance(ports, tuple) or not ports:
        return [_Flow(ends, None, protocol, relation, process)]
    split = (port.partition("/") for port in ports)
    return [_Flow(ends, int(number), protocol or beside or None, relation, process) for number, _, beside in split]
