"""Columns answered once more with something learned: fast, and exactly as the mapper answers them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.domain.learning import LearnedMapping
from platform_core.domain.mapping import Band, FileKind, TaughtColumn
from platform_core.domain.table import Table
from platform_core.mapping import Knowledge, Replay, suggest, taught

FILES = (
    ("Server Name", "RAM (MB)", "Owner", "Site Code", "Notes", "Frobnication"),
    ("Name", "Owner", "Criticality", "Users", "Vendor Contact"),
    ("Host", "Disk Total", "Support Level", "App"),
)
FIELDS = ("asset_name", "location", "memory_gb", "business_owner", "support_group", None)
PLACES = st.integers(0, len(FILES) - 1).flatmap(
    lambda number: st.tuples(st.just(number), st.sampled_from(range(len(FILES[number]))))
)


def tables() -> list[Table]:
    return [Table.of(headers, []) for headers in FILES]


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(PLACES, st.sampled_from(FIELDS), max_size=6),
    st.dictionaries(PLACES, st.tuples(st.sampled_from(FIELDS), st.booleans(), st.booleans()), max_size=3),
)
def test_a_replay_answers_as_the_mapper_does(
    shipped: Knowledge,
    settled: dict[tuple[int, int], str | None],
    words: dict[tuple[int, int], tuple[str | None, bool, bool]],
) -> None:
    replay = Replay([(t.headers, shipped.values.profiles(t)) for t in tables()], shipped)
    columns = [
        TaughtColumn(headers=FILES[number], position=position, kind=FileKind.SERVER, field=field)
        for (number, position), field in settled.items()
    ]
    learned: dict[int, list[LearnedMapping]] = {}
    for (number, position), (field, is_certain, is_refusal) in words.items():
        refused = (field,) if is_refusal and field else ()
        word = LearnedMapping(
            header=FILES[number][position], field=field, is_certain=is_certain, is_word=not refused, vetoes=refused
        )
        learned.setdefault(number, []).append(word)
    knowledge = taught(shipped, columns)
    answers = [suggest(table, knowledge, learned.get(number, ())) for number, table in enumerate(tables())]
    expected = [[suggestion.field for suggestion in answer.suggestions] for answer in answers]
    assert replay.fields(knowledge.taught, learned) == expected


def test_a_doubtful_word_is_weighed_and_a_certain_one_settles(shipped: Knowledge) -> None:
    table = Table.of(["Server Name", "RAM (MB)", "CPUs"], [["web01", "4096", "4"]])

    def memory(**more: bool) -> str | None:
        word = LearnedMapping(header="RAM (MB)", field="location", **more)
        return suggest(table, shipped, [word]).suggestions[1].field

    assert memory() == "location"
    assert memory(is_certain=False) == "memory_gb"


def test_what_people_disagree_on_is_never_accepted_unseen(shipped: Knowledge) -> None:
    table = Table.of(["Server Name", "RAM (MB)", "CPUs"], [["web01", "4096", "4"]])
    word = LearnedMapping(
        header="RAM (MB)", field="memory_gb", is_certain=False, is_disputed=True, note="Ben said otherwise"
    )
    suggestion = suggest(table, shipped, [word]).suggestions[1]
    assert (suggestion.field, suggestion.band) == ("memory_gb", Band.REVIEW)
    assert any("Ben said otherwise" in evidence.text for evidence in suggestion.evidence)


def test_a_refused_field_is_not_given_and_says_who_refused_it(shipped: Knowledge) -> None:
    table = Table.of(["Server Name", "RAM (MB)", "CPUs"], [["web01", "4096", "4"]])
    word = LearnedMapping(header="RAM (MB)", field=None, is_word=False, vetoes=("memory_gb",), author="Ada")
    suggestion = suggest(table, shipped, [word]).suggestions[1]
    assert suggestion.field != "memory_gb"
    assert any("Ada said it is not this field" in evidence.text for evidence in suggestion.evidence) or (
        suggestion.alternatives[0].field != "memory_gb"
    )
