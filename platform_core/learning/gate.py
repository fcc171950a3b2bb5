"""The gate: a word counts for other files only if no shipped or confirmed column loses its right answer by it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Protocol

from platform_core.domain.learning import Correction, Loss
from platform_core.learning.memory import Memory
from platform_core.learning.words import HeaderKeys


class Replay(Protocol):
    """Answers the columns that must not get lost once more, as the mapper would with something learned."""

    def wrong(self, memory: Memory) -> Mapping[Hashable, Loss]:
        """Return the columns that get a wrong answer, by what tells them apart."""
        ...


def admit(
    log: Sequence[Correction],
    said: Sequence[Correction],
    keys: HeaderKeys,
    replay: Replay,
    *,
    migration_id: int | None = None,
) -> list[Correction]:
    """Return the new words `said`, in order, each with what it would lose; those that lose something are held back.

    A word that is held back holds for its own export only. When several are said at once they are tried together,
    and in parts where that loses a column, so that one bad word does not hold back the others.
    """
    gate = _Gate(keys, replay, migration_id)
    return gate.admit(list(log), list(said), gate.wrong(list(log)))[0]


class _Gate:
    def __init__(self, keys: HeaderKeys, replay: Replay, migration_id: int | None) -> None:
        self._keys = keys
        self._replay = replay
        self._migration_id = migration_id

    def wrong(self, log: list[Correction]) -> Mapping[Hashable, Loss]:
        return self._replay.wrong(Memory(log, self._keys, self._migration_id))

    def admit(
        self, log: list[Correction], said: list[Correction], before: Mapping[Hashable, Loss]
    ) -> tuple[list[Correction], Mapping[Hashable, Loss]]:
        """Return the words with their losses, and what is wrong once they count."""
        if not said:
            return [], before
        after = self.wrong(log + said)
        lost = [loss for column, loss in after.items() if column not in before]
        if not lost:
            return said, after
        if len(said) == 1:
            held_back = [said[0].model_copy(update={"would_lose": tuple(lost)})]
            return held_back, self.wrong(log + held_back)
        innocent, suspect = self._parted(said, lost)
        first, between = self.admit(log, innocent, before)
        second, after = self.admit(log + first, suspect, between)
        return sorted(first + second, key=lambda word: word.number), after

    def _parted(self, said: list[Correction], lost: list[Loss]) -> tuple[list[Correction], list[Correction]]:
        """Part words in two: those on headers that mean the same as a lost one go last; else in the middle."""
        meanings = {self._keys.meaning(loss.header) for loss in lost}
        suspects = [word for word in said if self._keys.meaning(word.header) in meanings]
        others = [word for word in said if self._keys.meaning(word.header) not in meanings]
        if suspects and others:
            return others, suspects
        return said[: len(said) // 2], said[len(said) // 2 :]
