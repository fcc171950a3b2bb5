"""The reasons behind an answer as signed terms that add up to its score."""

from __future__ import annotations

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.mapping import Evidence, EvidenceKind
from platform_core.mapping.scoring import Case, Reason

_NEGLIGIBLE = 0.005  # logits; smaller terms say nothing, their sum goes to the comparison


def explain(case: Case, place: int, catalogue: Catalogue, *, taken: bool) -> tuple[Evidence, ...]:
    """Return the evidence for the class at `place`, strongest first, adding up to its log odds.

    Each reason counts against leaving the column alone; the last term is what the runner-up takes away. When
    the field was not `taken`, every sign turns: the terms say why the column was left unmapped.
    """
    none = len(case.classes) - 1
    sign = 1.0 if taken else -1.0
    terms = [
        _term(reason, catalogue[case.classes[place]].label, float(reason.logits[place] - reason.logits[none]), sign)
        for reason in case.reasons
    ]
    telling = [term for term in terms if abs(term.weight) >= _NEGLIGIBLE or not case.name.concepts]
    shown = sorted(telling, key=lambda term: -abs(term.weight))
    rest = sign * case.score(place) - sum(term.weight for term in shown)
    return (*shown, Evidence(kind=EvidenceKind.COMPETITION, text=_runner_up(case, place, catalogue), weight=rest))


def _term(reason: Reason, label: str, logits: float, sign: float) -> Evidence:
    """Say which way a name or a file's kind points; the other reasons are sentences of their own."""
    text = reason.text
    if reason.leads:
        text += f", which {'points to' if logits > 0 else 'speaks against'} {label}"
    return Evidence(kind=reason.kind, text=text, weight=sign * logits)


def _runner_up(case: Case, place: int, catalogue: Catalogue) -> str:
    second = next(other for other in case.ranking if other != place)
    margin = float(case.logits[place] - case.logits[second])
    return f"compared with {catalogue[case.classes[second]].label}, {margin:.1f} behind"
