"""What several schemas share: words, numbers, pages, runs that were started."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from platform_core.domain.runs import RunKind, RunStatus

LARGEST = 2**53 - 1
"""The largest whole number that every client can hold; also far below what the databases can."""

ANY_TEXT = r"^[^\u0000]*$"
"""No text holds the character that databases cannot store."""

ONE_LINE = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
"""Text without control characters: no address holds a line break."""

SOME_TEXT = r"^[^\u0000]*[^\u0000\s][^\u0000]*$"

Words = Annotated[str, StringConstraints(pattern=ANY_TEXT, max_length=4_000)]
Name = Annotated[str, StringConstraints(pattern=SOME_TEXT, max_length=200)]


def _number(value: object) -> object:
    """Take whole numbers only: JSON's 3 and 3.0, but neither "3" nor true."""
    if isinstance(value, bool | str):
        raise ValueError("Input should be a whole number")  # noqa: TRY004 - pydantic wants a ValueError
    return value


ONLY_NUMBERS = BeforeValidator(_number)
Whole = Annotated[int, Field(ge=0, le=LARGEST), ONLY_NUMBERS]
Number = Annotated[int, Field(ge=1, le=LARGEST), ONLY_NUMBERS]
NumberAsText = Annotated[int, Field(ge=1, le=LARGEST)]
YesOrNo = Annotated[bool, Field(strict=True)]
NumberInPath = Annotated[int, Path(ge=1, le=LARGEST)]
After = Annotated[
    int, Query(ge=0, le=LARGEST, description="The number after which to go on: `next` of the page before.")
]
AfterKey = Annotated[str, Query(max_length=400, pattern=ANY_TEXT, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200)]
Search = Annotated[str, Query(max_length=200, pattern=ANY_TEXT)]

Item = TypeVar("Item")


class Schema(BaseModel):
    """What is sent: read from the services' own views by attribute."""

    model_config = ConfigDict(from_attributes=True)


class Asked(BaseModel):
    """What is asked: a field that is not known is refused, since it would be lost in silence."""

    model_config = ConfigDict(extra="forbid")


class Page(Schema, Generic[Item]):
    """Some of a list, in the order of its numbers; `next` is what `after` takes for the following page."""

    items: list[Item]
    next: int | None = Field(description="Number after which the next page begins; null on the last one.")


class KeyedPage(Schema, Generic[Item]):
    """Some of a list, in the order of its keys; `next` is what `after` takes for the following page."""

    items: list[Item]
    next: str | None = Field(description="Key after which the next page begins; null on the last one.")


class StartedOut(Schema):
    """What became of work that may take long: done (`outcome` has ids and figures), or a run to be watched."""

    run_id: int
    job: str
    is_done: bool
    joined: bool = Field(description="The same work was under way already, and this waits for it.")
    outcome: dict[str, Any] | None


class RunOut(Schema):
    """A run: what is or was done, on what, by whom, and what came of it."""

    id: int
    migration_id: int | None
    kind: RunKind
    actor: str
    object: str
    job: str
    status: RunStatus
    progress: float
    text: str
    error: str | None
    started_at: datetime
    ended_at: datetime | None
    started_by: str
    seconds: float
    attempt: int
    reference: str = Field(description="Finds the lines of the log that were written for the run.")
    result: dict[str, Any]
    is_open: bool
