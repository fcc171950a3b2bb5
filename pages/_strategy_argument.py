"""The argument behind one application's strategy, and the form that overrides it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap

import pandas as pd
import streamlit as st
from pydantic import JsonValue

from pages import _words as words
from pages._feedback import rate
from pages._frame import Frame, not_here
from pages._history import draw_history
from pages._override import draw_override
from pages._proposals_here import draw_proposals_on
from pages._questionnaire import draw_questionnaire
from pages._tables import share_bar
from platform_core import charts
from platform_core.charts import strategy_label
from platform_core.domain.strategy import Counterfactual, Fact
from platform_core.errors import BadInput, NotFound
from platform_core.services import questionnaires, strategies
from platform_core.services.knowledge import fact_label
from platform_core.services.strategies import StrategyArgument

SHOWN_REASONS = 12


def draw_argument(frame: Frame, subject_key: str) -> None:
    """Draw the evidence, what is missing and what would change the answer."""
    try:
        argument = strategies.argument(frame.work, frame.migration.id, subject_key)
    except NotFound:
        not_here("The application of this link is not in the inventory any more.")
        return
    with st.container(border=True, key="argument"):
        draw_headline(argument)
        draw_proposals_on(frame, "strategy", subject_key)
        left, right = st.columns([3, 2])
        with left:
            draw_evidence(argument)
        with right:
            draw_alternatives(argument)
        draw_facts(argument.facts)
        draw_history(frame, subject_key)
        draw_questionnaire(frame, argument)
        draw_override(frame, argument)
        rate(frame, "strategy", argument.line.name)


def draw_headline(argument: StrategyArgument) -> None:
    """Draw the answer in a sentence."""
    line = argument.line
    st.subheader(words.plain(line.name), anchor=False)
    lead = f"{words.points(line.margin)} points ahead of {strategy_label(line.runner_up)}" if line.runner_up else ""
    if line.engine is not None:
        said = f"The rules say **{strategy_label(line.engine)}** with {words.percent(line.confidence)} confidence"
        st.markdown(f"{said}, {lead}." if lead else f"{said}.")
    else:
        st.markdown("Too little is known to recommend a strategy. The answers below would help most.")
        if lead and argument.ranking:
            st.caption(f"What is known so far speaks for {strategy_label(argument.ranking[0].strategy)}, {lead}.")
    if argument.firm is not None:
        instead = f", else mostly {strategy_label(argument.firm.instead)}" if argument.firm.instead else ""
        st.caption(
            f"With every weight drawn anew within ±25%, {words.percent(argument.firm.share)} of "
            f"{argument.firm.draws:,} draws give the same answer{instead}."
        )
    for text in argument.contradictions:
        st.caption(f":material/warning: {words.plain(text)}")
    if line.overridden:
        who = words.plain(argument.override_by or "")
        why = words.plain(argument.override_reason or "")
        st.markdown(f":material/person: Overridden to **{strategy_label(line.decided)}** by {who}: {why}")


def draw_evidence(argument: StrategyArgument) -> None:
    """Draw the reasons for and against the engine's strategy, or against the leader when it needs data."""
    leader = argument.line.engine or (argument.ranking[0].strategy if argument.ranking else None)
    reasons = [(e.text, e.weight) for e in argument.evidence if e.strategy == leader]
    if not reasons:
        st.caption("Nothing that is known speaks for or against a strategy.")
        return
    strongest = sorted(reasons, key=lambda reason: -abs(reason[1]))[:SHOWN_REASONS]
    st.plotly_chart(
        charts.waterfall(strongest, line_length=80),
        key="evidence",
        config={"displayModeBar": False},
        alt=f"Reasons for and against {strategy_label(leader)}",
    )
    st.caption(f"Reasons for (blue) and against (red) {strategy_label(leader)}; the last bar is their sum.")
    draw_reasons(argument)


def draw_reasons(argument: StrategyArgument) -> None:
    """Draw every reason for and against every strategy with the fact it was read from."""
    with st.expander(f"Every reason with its source ({len(argument.evidence)})"):
        rows = [(strategy_label(e.strategy), e.weight, e.text, e.source or words.DASH) for e in argument.evidence]
        st.dataframe(
            pd.DataFrame(rows, columns=["Strategy", "Weight", "Reason", "Source"]),
            hide_index=True,
            column_config={"Weight": st.column_config.NumberColumn(format="%+.2f")},
            alt="Reasons for and against every strategy with their sources",
        )


def draw_alternatives(argument: StrategyArgument) -> None:
    """Draw the ranking, what is ruled out, what would change the answer and what to ask next."""
    ranking = pd.DataFrame(
        {
            "Strategy": [strategy_label(r.strategy) for r in argument.ranking],
            "Share of belief": [words.points(r.score) for r in argument.ranking],
        }
    )
    st.dataframe(
        ranking,
        hide_index=True,
        column_config={"Share of belief": share_bar()},
        alt="Strategies by share of belief",
    )
    for veto in argument.vetoes:
        st.caption(f":material/block: {strategy_label(veto.strategy)} is ruled out: {words.plain(veto.text)}")
    for change in argument.would_change[:3]:
        st.caption(f":material/swap_horiz: {words.plain(would_change(change))}")
    if argument.missing:
        st.markdown("**Ask next**")
        for fact in argument.missing[:3]:
            st.caption(f":material/help: {words.plain(fact.question)}")


def would_change(change: Counterfactual) -> str:
    """Return in words which facts would turn the answer, and into what; a fact that is asked for by its question."""
    return f"{strategy_label(change.becomes)} if {' and '.join(starmap(_supposed, change.changes.items()))}."


def _supposed(key: str, value: JsonValue) -> str:
    try:
        question = questionnaires.asked(key).text
    except BadInput:
        return f"{fact_label(key)} were {'not known' if value is None else words.shown(value)}"
    return f"“{question}” were {'left open' if value is None else 'answered ' + words.shown(value)}"


def draw_facts(facts: Sequence[Fact]) -> None:
    """Draw the facts an answer was made from, each with its source."""
    with st.expander(f"Facts ({len(facts)})"):
        rows = [(fact_label(f.key), words.shown(f.value), f.source) for f in facts]
        st.dataframe(
            pd.DataFrame(rows, columns=["Fact", "Value", "Source"]), hide_index=True, alt="Facts with their sources"
        )
