"""From a table to a mapping proposal: one answer a column, with confidence, unit and reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from platform_core.domain.learning import LearnedMapping
from platform_core.domain.mapping import (
    Band,
    Candidate,
    Evidence,
    EvidenceKind,
    FileKind,
    MappingProposal,
    Source,
    Suggestion,
)
from platform_core.domain.table import Table
from platform_core.mapping.explain import explain
from platform_core.mapping.features import column_features, siblings
from platform_core.mapping.filekind import KindOpinion, file_kind
from platform_core.mapping.formats import column_key, header_key
from platform_core.mapping.knowledge import Knowledge
from platform_core.mapping.names import normalise_all
from platform_core.mapping.resolve import Claim, Place, resolve
from platform_core.mapping.scoring import Case, FileContext, build_case, name_reasons
from platform_core.mapping.units import Unit, UnitHints
from platform_core.mapping.values import ValueProfile

_ALTERNATIVES = 5
_DISPUTED_BELOW = 0.01  # how far below the accept band a field stays that people disagree on
_WORTH_SHOWING = 0.01  # probability from which a second candidate is listed


def suggest(table: Table, knowledge: Knowledge, learned: Sequence[LearnedMapping] = ()) -> MappingProposal:
    """Suggest a field, or none, for every column of `table`, in column order.

    `learned` holds analysts' words on headers: one said of this export beats one said of any file, a later entry
    beats an earlier one, and both beat everything computed. Raises nothing on odd data: an empty column or header
    gets evidence that says so.
    """
    return propose(table.headers, knowledge.values.profiles(table), knowledge, learned)


def propose(
    headers: Sequence[str],
    profiles: Sequence[ValueProfile],
    knowledge: Knowledge,
    learned: Sequence[LearnedMapping] = (),
) -> MappingProposal:
    """Suggest as `suggest` does, from headers and value profiles alone."""
    return answer(*judge(headers, profiles, knowledge, learned), knowledge)


def judge(
    headers: Sequence[str],
    profiles: Sequence[ValueProfile],
    knowledge: Knowledge,
    learned: Sequence[LearnedMapping] = (),
) -> tuple[list[Case], FileContext]:
    """Collect everything that speaks for or against each field, column by column."""
    _, names = normalise_all(headers, knowledge.lexicon)
    known = knowledge.formats.recognise(headers)
    kinds = file_kind(names, known, knowledge.kinds, knowledge.type_values.shares(names, profiles))
    context = FileContext(kinds, known, siblings(names), _layers(learned, known.name if known else None))
    cases = []
    for position, (name, profile) in enumerate(zip(names, profiles, strict=True)):
        features = column_features(name, kinds.probabilities, context.beside)
        linear = name_reasons(name, features, context, knowledge)
        cases.append(build_case(position, name, profile, context, linear, knowledge))
    return cases, context


def recognise(headers: Sequence[str], knowledge: Knowledge) -> tuple[str | None, FileKind]:
    """Return the export that headers are recognised as, None when it is not a known one, and what its rows describe."""
    _, names = normalise_all(headers, knowledge.lexicon)
    known = knowledge.formats.recognise(headers)
    return known.name if known else None, file_kind(names, known, knowledge.kinds).best


def answer(cases: Sequence[Case], context: FileContext, knowledge: Knowledge) -> MappingProposal:
    """Turn judged columns into the proposal: bands, duplicates, units, and the file's kind."""
    leaders = [_leader(case, knowledge) for case in cases]
    claims = [
        _claim(case, case.classes[place], probability, knowledge)
        for case, (place, probability) in zip(cases, leaders, strict=True)
        if _is_taken(case, probability, knowledge)
    ]
    places = resolve(claims, knowledge.combine)
    units = _units(cases, {claim.position: claim.field for claim in claims}, context.kinds.best, knowledge)
    suggestions = tuple(
        _suggestion(case, place, places.get(case.position), units.get(case.position), knowledge)
        for case, (place, _) in zip(cases, leaders, strict=True)
    )
    kind, confidence, evidence = _kind(context.kinds, claims, knowledge)
    return MappingProposal(
        kind=kind,
        kind_confidence=confidence,
        kind_evidence=evidence,
        format=context.known.name if context.known else None,
        suggestions=suggestions,
    )


def field_of(case: Case, knowledge: Knowledge) -> str | None:
    """Return the field that a column gets, None when it is left unmapped."""
    place, probability = _leader(case, knowledge)
    return case.classes[place] if _is_taken(case, probability, knowledge) else None


def slack_of(case: Case, knowledge: Knowledge) -> float:
    """Return by how much the logits of a column may change, each of them, before it gets another field.

    A change of at most d moves the leader's lead, and its log odds, by at most 2 d.
    """
    first, second = case.ranking[:2]
    lead = float(case.logits[first] - case.logits[second])
    return min(lead, abs(case.score(first) - knowledge.calibration.review_score)) / 2


def _claim(case: Case, field: str, probability: float, knowledge: Knowledge) -> Claim:
    preference = sum(knowledge.preferences.get((field, word), 0) for word in case.name.concepts)
    return Claim(case.position, field, probability, case.name, case.profile.filled > 0, preference)


def _leader(case: Case, knowledge: Knowledge) -> tuple[int, float]:
    place = case.ranking[0]
    return place, knowledge.calibration.probability(case.score(place))


def _is_taken(case: Case, probability: float, knowledge: Knowledge) -> bool:
    return bool(case.name.concepts) and knowledge.calibration.band(probability) is not Band.UNMAPPED


def _suggestion(case: Case, place: int, taken: Place | None, unit: Unit | None, knowledge: Knowledge) -> Suggestion:
    probability = knowledge.calibration.probability(case.score(place))
    ranked = _candidates(case, knowledge)
    worth = [knowledge.calibration.probability(case.score(other)) >= _WORTH_SHOWING for other in case.ranking]
    left_alone = Suggestion(
        position=case.position,
        header=case.name.header,
        field=None,
        confidence=round(1 - probability, 4),
        band=Band.UNMAPPED,
        alternatives=ranked,
        evidence=explain(case, place, knowledge.catalogue, taken=taken is not None),
        source=_source(case, case.classes[place] if taken else None),
    )
    if taken is None:
        return left_alone
    if case.learned and case.learned.is_disputed:
        probability = min(probability, knowledge.calibration.accept - _DISPUTED_BELOW)
    return left_alone.model_copy(
        update={
            "field": case.classes[place],
            "confidence": round(probability, 4),
            "band": knowledge.calibration.band(probability),
            "unit": unit.name if unit else None,
            "unit_is_guess": bool(unit and unit.is_guess),
            "combine": taken.combine,
            "duplicate_of": taken.duplicate_of,
            "alternatives": tuple(other for other, shown in zip(ranked[1:], worth[1:], strict=False) if shown),
        }
    )


def _source(case: Case, field: str | None) -> Source:
    learned = case.learned
    return Source.LEARNED if learned and learned.is_word and learned.field == field else Source.RULES


def _candidates(case: Case, knowledge: Knowledge) -> tuple[Candidate, ...]:
    """Return the first fields of the ranking with their probabilities.

    Only one of them can be right, so none is surer than those before it, or than the first leaves room for.
    """
    found: list[Candidate] = []
    room = 1.0
    for place in case.ranking[:_ALTERNATIVES]:
        probability = min(knowledge.calibration.probability(case.score(place)), room)
        found.append(Candidate(field=case.classes[place], confidence=round(probability, 4)))
        room = min(probability, 1 - probability) if len(found) == 1 else probability
    return tuple(found)


def _units(cases: Sequence[Case], fields: Mapping[int, str], kind: FileKind, knowledge: Knowledge) -> dict[int, Unit]:
    """Find the unit of every mapped column; headers of one group (all disk sizes, all memory) share what one says."""
    units = knowledge.units
    said: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        field = fields.get(case.position)
        unit = units.in_header(field, case.name.header) if field in units.choices and field else None
        if field and unit:
            said[_unit_group(field)].append(unit)
    binary = units.speaks_binary(case.name.header for case in cases)
    words = {word for case in cases for word in (*case.name.concepts, *case.name.plain.split())}
    found = {}
    for case in cases:
        field = fields.get(case.position)
        if field not in units.choices or field is None:
            continue
        hints = UnitHints(
            known=case.known.unit if case.known else None,
            beside=said[_unit_group(field)],
            usual=knowledge.formats.usual_unit(column_key(case.name.plain), field),
            habit=units.habit(field, words),
            binary=binary,
            kind=kind,
        )
        unit_found = units.of_column(field, case.name.header, case.profile, hints)
        if unit_found:
            found[case.position] = unit_found
    return found


def _unit_group(field: str) -> str:
    return "storage" if field.startswith("storage") else field


def _kind(
    kinds: KindOpinion, claims: Sequence[Claim], knowledge: Knowledge
) -> tuple[FileKind, float, tuple[Evidence, ...]]:
    """Name the file's kind; of a file that is no inventory say what could still be used from it."""
    best = kinds.best if claims else FileKind.OTHER
    certain = round(kinds.probabilities[best], 4) if claims else round(1 - kinds.probabilities[kinds.best], 4)
    if not claims:
        nothing = Evidence(kind=EvidenceKind.VALUES, text="no column describes an asset or a dependency", weight=0.0)
        return best, certain, (*kinds.evidence, nothing)
    if best.is_inventory:
        return best, certain, kinds.evidence
    labels = dict.fromkeys(f"“{claim.name.header}” as {knowledge.catalogue[claim.field].label}" for claim in claims)
    usable = f"this is no inventory, but {', '.join(labels)} can be used"
    return best, certain, (*kinds.evidence, Evidence(kind=EvidenceKind.VALUES, text=usable, weight=0.0))


def _layers(learned: Sequence[LearnedMapping], export: str | None) -> dict[str, LearnedMapping]:
    """Pick the word that counts for each header: this export's before any file's, the latest in each."""
    anywhere = {header_key(word.header): word for word in learned if word.format is None}
    here = {header_key(word.header): word for word in learned if word.format is not None and word.format == export}
    return {**anywhere, **here}
