"""What cannot both stand: facts of one application, or strategies of two that hang together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from platform_core.domain.strategy import Call, Contradiction, Strategy
from platform_core.strategy.observing import Observed
from platform_core.strategy.policy import Policy

MOVING = frozenset({Strategy.REHOST, Strategy.RELOCATE, Strategy.REPLATFORM, Strategy.REFACTOR, Strategy.REARCHITECT})
"""Strategies after which an application runs somewhere else."""


def within(observed: Observed, policy: Policy, subject: str = "") -> tuple[Contradiction, ...]:
    """Return the pairs of opposites that the facts of one application state, in the order of the rule file."""
    found = []
    for pair in policy.opposites:
        one, other = observed.get(pair.one), observed.get(pair.other)
        if one is not None and other is not None and (one.key, one.value) != (other.key, other.value):
            said = "; ".join(f"{each.key.replace('_', ' ')}: {each.value}" for each in (one, other))
            text = f"{pair.text} ({said})."
            found.append(Contradiction(subject=subject, text=text))
    return tuple(found)


def between(
    decided: Mapping[str, Strategy | None], links: Iterable[Call], names: Mapping[str, str] | None = None
) -> tuple[Contradiction, ...]:
    """Return what the strategies of linked applications contradict, in the order of the links.

    A retained application with a hard link to one that moves, and a retired one that others go on calling. `decided`
    maps subject keys to the strategy that counts (None = undecided, which contradicts nothing); `names` says what
    they are called on screen.
    """
    called = names or {}
    found: dict[tuple[str, str], Contradiction] = {}
    for link in links:
        for subject, other, text in _contradicted(link, decided, called):
            found.setdefault((subject, other), Contradiction(subject=subject, other=other, text=text))
    return tuple(found.values())


def _contradicted(
    link: Call, decided: Mapping[str, Strategy | None], names: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    caller, target = decided.get(link.source), decided.get(link.target)
    source_name, target_name = names.get(link.source, link.source), names.get(link.target, link.target)
    means = f" ({link.text})" if link.text else ""
    if link.hard and caller is Strategy.RETAIN and target in MOVING:
        text = f"{source_name} stays, but {target_name}, which it needs closely{means}, moves by {target.value}."
        yield link.source, link.target, text
    if link.hard and target is Strategy.RETAIN and caller in MOVING:
        text = f"{target_name} stays, but {source_name}, which needs it closely{means}, moves by {caller.value}."
        yield link.target, link.source, text
    if target is Strategy.RETIRE and caller is not None and caller is not Strategy.RETIRE:
        yield link.target, link.source, f"{target_name} is to be retired, but {source_name} goes on calling it{means}."
