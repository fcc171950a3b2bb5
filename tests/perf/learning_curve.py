"""Measure what corrected files are worth for the next ones, tool families held out (about five minutes).

    python -m tests.perf.learning_curve [--most 5]

For each tool family of the labelled headers with two sources or more, the mapper is trained without the family. Then
its sources are corrected one after the other: every column gets its label, as an analyst who settles a whole file.
Measured is the mapping of the sources not corrected yet ("next files"), and of all sources of the family, those that
were corrected included, as they come again at the next export ("all files"). A line of JSON for each k.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from platform_core import mapping
from platform_core.domain.learning import CorrectedFile, Correction, Verdict
from platform_core.domain.mapping import MappingProposal
from platform_core.learning import Memory
from platform_core.mapping import Knowledge
from platform_core.mapping.benchmark import GoldSource, measure, read_gold
from platform_core.mapping.train import Learned, learn, without_families
from platform_core.reference import DATA
from platform_core.services.knowledge import header_keys, mapping_knowledge

FIGURES = ("columns", "f1", "precision", "recall", "null_fpr", "top1")
Answers = list[tuple[GoldSource, MappingProposal]]


def corrections(sources: Sequence[GoldSource]) -> list[Correction]:
    """The words of an analyst who settled every column of `sources`."""
    words: list[Correction] = []
    for source in sources:
        file = CorrectedFile(kind=source.kind, headers=source.headers)
        for column in source.columns:
            if column.header.strip():
                field = column.fields[0] if column.fields else None
                verdict = Verdict.MEANS if field else Verdict.IGNORE
                words.append(
                    Correction(
                        number=len(words) + 1,
                        header=column.header,
                        verdict=verdict,
                        field=field,
                        file=file,
                        author="analyst",
                        migration_id=1,
                    )
                )
    return words


def answered(source: GoldSource, knowledge: Knowledge, memory: Memory) -> MappingProposal:
    """What the mapper says of a source with what was learned."""
    export, kind = mapping.recognise(source.headers, knowledge)
    lessons = memory.lessons(CorrectedFile(format=export, kind=kind, headers=source.headers))
    return mapping.suggest(source.table(), mapping.taught(knowledge, memory.examples()), lessons)


def unseen(sources: Sequence[GoldSource], learned: Learned) -> dict[str, Knowledge]:
    """The knowledge without the family of each of `sources`, by its name, calibrated as shipped."""
    calibration = mapping_knowledge().calibration
    left = zip(sources, without_families(sources, learned), strict=True)
    return {source.name: replace(knowledge, calibration=calibration) for source, knowledge in left}


def curve(gold: Sequence[GoldSource], learned: Learned, most: int) -> Iterator[tuple[int, Answers, Answers]]:
    """Yield, for k corrected sources, the answers for the sources not corrected yet and for all of the family."""
    families = sorted({source.family for source in gold})
    members = {family: [source for source in gold if source.family == family] for family in families}
    several = [source for family in families if len(members[family]) > 1 for source in members[family]]
    knowledge = unseen(several, learned)
    for k in range(most + 1):
        following: Answers = []
        everything: Answers = []
        for family in families:
            for first, source in enumerate(members[family]):
                if source.name not in knowledge:
                    continue
                order = members[family][first + 1 :] + members[family][:first]
                memory = Memory(corrections(order[:k]), header_keys(), 1)
                following.append((source, answered(source, knowledge[source.name], memory)))
                with_itself = [source, *order][: max(k, 0)]
                memory = Memory(corrections(with_itself), header_keys(), 1)
                everything += [(each, answered(each, knowledge[each.name], memory)) for each in members[family]]
        yield k, following, everything


def main() -> None:
    """Train without each family, correct, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=5, help="corrected sources, at most")
    most = parser.parse_args().most
    gold, collected = (read_gold(DATA / "mapping" / name) for name in ("gold.jsonl", "collected.jsonl"))
    learned = learn([*gold, *collected], mapping_knowledge())
    for k, following, everything in curve(gold, learned, most):
        line = {"corrected": k}
        for name, answers in (("next files", following), ("all files", everything)):
            figures = measure(*map(list, zip(*answers, strict=True)))
            line |= {name: figures.model_dump(include=set(FIGURES))}
        print(json.dumps(line), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
