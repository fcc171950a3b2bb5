"""What kinds of jobs there are, and from which size on the worker does them instead of the request."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import NonNegativeInt, PositiveInt, ValidationError

from platform_core.domain.base import Frozen
from platform_core.domain.runs import RunKind
from platform_core.errors import BadInput

FILE = Path("jobs") / "kinds.csv"


class Lane(StrEnum):
    """Which queue a job waits in.

    Engine jobs compute: few at a time, and one after the other within a migration, whose inventory they replace.
    Agent jobs wait for models: many at a time.
    """

    ENGINE = "engine"
    AGENT = "agent"


@dataclass(frozen=True)
class Room:
    """How many runs of a lane go on at once: on one worker, and on all workers together."""

    per_worker: int
    at_once: int


class JobKind(Frozen):
    """A kind of job.

    `in_request` is the largest size, counted in `measure`, that a request does at once: about a second of work.
    `deadline_minutes` bounds one attempt from its beginning.
    """

    job: str
    kind: RunKind
    lane: Lane
    deadline_minutes: PositiveInt
    measure: str
    in_request: NonNegativeInt
    source: str

    @property
    def deadline(self) -> timedelta:
        """How long one attempt may take."""
        return timedelta(minutes=self.deadline_minutes)


def load_kinds(data: Path) -> Mapping[str, JobKind]:
    """Return the kinds of jobs by name; raises BadInput for a table that is not one."""
    try:
        with (data / FILE).open(encoding="utf-8", newline="") as file:
            kinds = [JobKind.model_validate(row) for row in csv.DictReader(file)]
    except (OSError, ValidationError) as error:
        raise BadInput(f"The table of job kinds ({FILE}) cannot be used.") from error
    if any(not kind.source for kind in kinds) or len({kind.job for kind in kinds}) != len(kinds):
        raise BadInput(f"The table of job kinds ({FILE}) needs one row with a source for each job.")
    return {kind.job: kind for kind in kinds}
