"""Reading free text by rules: phrases in clauses, with an eye for negation."""

from __future__ import annotations

import re
from functools import lru_cache

from platform_core.strategy.policy import Negators, Phrase, Policy

_CLAUSE_END = re.compile(r"[;!?\n,:]|\.(?=\s|$)| (?:but|while|whereas|however|although|though|yet still) | [–—] ")
_CONTRACTIONS = (("can't", "cannot"), ("won't", "will not"), ("shan't", "shall not"), ("n't", " not"))

_REMEMBERED = 100_000
"""Clauses kept in memory at most; then it is emptied."""

Said = tuple[str, str]
"""A feature and the words that raised it."""


def read_text(text: str, kinds: frozenset[str], policy: Policy) -> tuple[Said, ...]:
    """Return the features that `text`, being of `kinds`, raises, each once, with the words found."""
    found: dict[str, str] = {}
    for clause in clauses(text):
        for feature, words in _read(clause, kinds, policy):
            found.setdefault(feature, words)
    return tuple(found.items())


def _read(clause: str, kinds: frozenset[str], policy: Policy) -> tuple[Said, ...]:
    """Read one clause; portfolios repeat the same words, so what was read is remembered."""
    memory = policy.clauses_read
    known = memory.get((clause, kinds))
    if known is None:
        if len(memory) >= _REMEMBERED:
            memory.clear()
        phrases = [phrase for phrase in policy.phrases if phrase.kinds & kinds]
        known = memory[clause, kinds] = tuple(_of_clause(clause, phrases, policy.negators))
    return known


def _of_clause(clause: str, phrases: list[Phrase], negators: Negators) -> list[Said]:
    """Return what a clause says; hints are taken only where nothing plainer was said."""
    for weak in (False, True):
        said = [_said(phrase, clause, negators) for phrase in phrases if phrase.weak is weak]
        made_sense = [item for item in said if item is not None]
        if made_sense:
            return made_sense
    return []


@lru_cache(maxsize=20_000)
def clauses(text: str) -> tuple[str, ...]:
    """Split a text into clauses of plain lower-case words; hyphens become blanks, contractions are written out."""
    plain = text.lower().replace("’", "'").replace("\u00a0", " ")
    for short, full in _CONTRACTIONS:
        plain = plain.replace(short, full)
    parts = (re.sub(r"[-_\"“”„()\[\]]+", " ", part) for part in _CLAUSE_END.split(plain))
    return tuple(" ".join(part.split()) for part in parts if part.strip())


def _said(phrase: Phrase, clause: str, negators: Negators) -> Said | None:
    """Return what a clause says by this phrase: affirmed wins over denied when it says both."""
    denied: Said | None = None
    for match in phrase.pattern.finditer(clause):
        if not _is_denied(clause, match, negators):
            return phrase.feature, match.group()
        if phrase.denied is not None:
            denied = denied or (phrase.denied, _with_denial(clause, match))
    return denied


def _is_denied(clause: str, match: re.Match[str], negators: Negators) -> bool:
    ahead, behind = clause[: match.start()], clause[match.end() :]
    has_its_own = negators.deny.match(match.group()) is not None
    before = None if has_its_own else negators.before.search(negators.harmless.sub("", ahead))
    follows = negators.after.search(behind) or negators.deferring.search(behind)
    return before is not None or follows is not None


def _with_denial(clause: str, match: re.Match[str]) -> str:
    """Return the matched words with up to four words before them, where the denial usually stands."""
    ahead = clause[: match.start()].split()
    return " ".join([*ahead[-4:], match.group()])
