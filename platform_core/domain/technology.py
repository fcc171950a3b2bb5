"""Names of technologies as inventories mention them."""

from __future__ import annotations

from platform_core.domain.base import Frozen


class NamedTechnology(Frozen):
    """A technology that a mention may stand for; `confidence` is the probability (0 to 1) that it does."""

    entity: str
    confidence: float


class Mention(Frozen):
    """What a text names. `entity` is None when it names no technology we know; `confidence` is then that of the best.

    `entity` is written family first ("Linux|Ubuntu", "Java|*" for the family as a whole); `product`, `vendor` and
    `category` say the same for people. `version` is the one in the text. `alternatives` are ranked, best first.
    """

    text: str
    entity: str | None
    confidence: float
    alternatives: tuple[NamedTechnology, ...]
    product: str | None
    version: str | None
    vendor: str | None
    category: str | None
