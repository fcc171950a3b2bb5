"""Applications by a part of their name: found in memory, the same as by looking at every name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.identity import Identity
from platform_core.domain.strategy import Strategy
from platform_core.services import asset_edits, strategies
from platform_core.services.asset_edits import CellEdit
from platform_core.services.name_search import Names
from platform_core.store import Store

ANA = Identity(name="Ana Example")
LETTERS = "aAbß É."


@given(
    st.lists(st.text(LETTERS, max_size=4), max_size=8),
    st.text(LETTERS, min_size=1, max_size=2),
    st.booleans(),
    st.integers(0, 8),
)
def test_names_are_found_as_if_each_was_looked_at(names: list[str], text: str, in_order: bool, behind: int) -> None:
    keys = sorted((f"k{number}" for number in range(len(names))), reverse=not in_order)
    found = list(Names(list(zip(keys, names, strict=True))).containing(text, f"k{behind}"))
    expected = [key for key, name in zip(keys, names, strict=True) if text.lower() in name.lower()]
    if len(keys) > 1 and not in_order:
        assert found == expected, "the order is the database's own, so nothing is left out"
    else:
        assert found == [key for key in expected if key > f"k{behind}"]


def test_applications_are_found_by_name_a_page_at_a_time_and_after_an_edit(store: Store, applied: int) -> None:
    work = store.unit_of_work()

    def found(text: str, strategy: str = "") -> list[str]:
        names, after = [], ""
        while after is not None:
            lines, after = strategies.after(work, applied, after, text=text, strategy=strategy, limit=1)
            names += [line.name for line in lines]
        return names

    everything, _ = strategies.after(work, applied, "", limit=200)
    assert found("C") == [line.name for line in everything if "c" in line.name.lower()]
    assert found("fax arch") == ["Fax Archive"]
    assert found("%") == found("\0") == []
    kept = Strategy(next(line for line in everything if line.name == "CRM").decided or "")
    assert found("crm", kept) == ["CRM"]
    assert found("crm", next(each for each in Strategy if each is not kept)) == []
    moved = CellEdit(asset_key="server:old01", field="application_name", text="Old faxes", seen="Fax Archive")
    assert found("OLD") == []
    asset_edits.save(work, applied, [moved], ANA, reason="as its owner calls it")
    assert found("OLD") == ["old01"], "it is planned by itself now"
