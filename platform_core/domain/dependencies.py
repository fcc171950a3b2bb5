"""What analysts say of dependencies: a verdict on one, and which traffic says nothing about an application."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from platform_core.domain.base import Frozen
from platform_core.errors import BadInput

HIGHEST_PORT = 65_535


class DependencyVerdict(StrEnum):
    """What an analyst decided about a dependency."""

    CONFIRMED = "confirmed"  # it counts, over a noise port too
    REJECTED = "rejected"  # it counts for nothing
    ADDED = "added"  # no export names it; it counts like one that was seen


class DependencyState(StrEnum):
    """How a dependency stands, as what one may ask for."""

    OPEN = "open"  # nobody decided
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    ADDED = "added"
    NOISE = "noise"  # hidden by its port or process
    OUTSIDE = "outside"  # an end is not in the inventory


class DependencyDecision(Frozen):
    """A verdict on what `source` needs of `target` over one port and relation; no verdict = taken back.

    An end has a key while it is in the inventory, and always the name it goes by. `weight` is that of an added
    dependency.
    """

    source_name: str
    target_name: str
    source_key: str | None = None
    target_key: str | None = None
    port: int | None = None
    relation: str | None = None
    verdict: DependencyVerdict | None = None
    weight: float = Field(default=1.0, gt=0)
    reason: str = ""
    by: str = ""


class NoiseChange(Frozen):
    """How a migration's noise differs from the shipped one: ports (with a word for each) and processes, more or fewer.

    Raises BadInput for a port that is none.
    """

    ports: dict[int, str] = Field(default_factory=dict)
    processes: tuple[str, ...] = ()
    no_ports: tuple[int, ...] = ()
    no_processes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _numbers_of_ports(self) -> NoiseChange:
        odd = [port for port in (*self.ports, *self.no_ports) if not 0 <= port <= HIGHEST_PORT]
        if odd:
            raise BadInput(f"{odd[0]} is no port.", hint=f"Ports are numbers from 0 to {HIGHEST_PORT:,}.")
        return self


class DependencyFilter(Frozen):
    """Which dependencies the analyst asked to see; empty = no restriction.

    `text` stands in the name of an end, `process` is the whole name of one, `subject_key` the application either end
    belongs to.
    """

    text: str = ""
    port: int | None = None
    process: str = ""
    subject_key: str = ""
    state: DependencyState | None = None
