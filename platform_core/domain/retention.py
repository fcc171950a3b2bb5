"""How long is kept what nobody decides by any more."""

from __future__ import annotations

from pydantic import PositiveInt

from platform_core.domain.base import Frozen


class Retention(Frozen):
    """Days after which each kind of thing may be deleted; None = it is kept for ever.

    `events_days` counts from the end of a run, `model_texts_days` from the last request that said or heard a text,
    `originals_days` from the upload, `orphans_days` from the writing of a file to which nothing refers, `tokens_days`
    from the moment since which a token opens nothing.
    """

    events_days: PositiveInt | None = None
    model_texts_days: PositiveInt | None = None
    originals_days: PositiveInt | None = None
    orphans_days: PositiveInt | None = None
    tokens_days: PositiveInt | None = None


class Pruned(Frozen):
    """What was, or would be, deleted of one kind: how many, how many bytes (files only)."""

    what: str
    number: int
    size: int = 0
