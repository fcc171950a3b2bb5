"""Asking an agent: which one, about what, and what that would take, before anything is sent."""

from __future__ import annotations

from typing import Final

import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._runs import begin
from pages._telling import telling
from platform_core.domain.agents import AgentName, Estimate
from platform_core.services import imports, inventories, plans
from platform_core.services.bootstrap import agent_manager
from platform_core.services.crew import CrewAIService, Subject
from platform_core.services.requests import AskAgent
from platform_core.settings import settings

LABELS: Final = {
    AgentName.CMDB_ANALYST: "CMDB analyst: columns whose field is in doubt",
    AgentName.LEARNING_SPECIALIST: "Learning specialist: how far words on headers reach",
    AgentName.PATTERN_EXPERT: "Pattern recognition expert: what groups of assets are",
    AgentName.MIGRATION_STRATEGIST: "Migration strategist: close calls of the 6R strategy",
    AgentName.RISK_ASSESSOR: "Risk assessor: drivers that notes speak of",
    AgentName.WAVE_PLANNER: "Wave planner: groups that fit several waves",
}

NAMED: Final = {"host": "host or link", "ip": "address", "person": "person or account", "thing": "other name"}
"""What the kinds of pseudonyms stand for."""

ESTIMATED = "estimated"
"""Session state: the last request whose size was worked out, with its estimate."""


def draw_ask(frame: Frame) -> None:
    """Draw the choice of an agent and of what it looks at."""
    with st.expander("Ask an agent", icon=":material/smart_toy:", key="ask", on_change="rerun") as ask:
        if not ask.open:
            return
        agent = st.selectbox("Agent", list(AgentName), format_func=LABELS.__getitem__, key="agent")
        subject = _subject(frame, agent)
        if subject is None:
            return
        request = AskAgent(agent=agent, subject=subject)
        if st.button("See what it would take", key="ask-agent", icon=":material/calculate:"):
            with telling(), st.spinner("Working out what would be asked", show_time=False):
                st.session_state[ESTIMATED] = (request, service(frame).estimate(agent, subject))
        estimated = st.session_state.get(ESTIMATED)
        if estimated is not None and estimated[0] == request:
            draw_estimate(estimated[1])
            if settings().model_endpoint is not None:
                draw_disclosure(frame, request)
            if st.button("Start", type="primary", key="start-agent", icon=":material/play_arrow:"):
                del st.session_state[ESTIMATED]
                begin(frame, request)
                st.rerun()


def service(frame: Frame) -> CrewAIService:
    """Return the agents on the frame's store."""
    return CrewAIService(frame.store, agent_manager())


def _subject(frame: Frame, agent: AgentName) -> Subject | None:
    """Draw what the agent needs to know; None while there is nothing for it to look at."""
    of = {"migration_id": frame.migration.id}
    if agent is AgentName.CMDB_ANALYST:
        return _chosen(of, "import_id", "Import", {view.id: view.title for view in _imports(frame)}, "no import")
    if agent is AgentName.WAVE_PLANNER:
        return _chosen(of, "plan_id", "Plan", dict(plans.listed(frame.work, frame.migration.id)), "no plan")
    if agent is AgentName.LEARNING_SPECIALIST:
        note = st.text_area("A note to read (optional)", key="ask-note", height=80)
        return Subject(**of, text=note or "")
    if not inventories.kinds(frame.work, frame.migration.id):
        st.caption("There is nothing to look at yet: the inventory is empty.")
        return None
    return Subject(**of)


def _imports(frame: Frame) -> list[imports.ImportView]:
    return [view for view in imports.listed(frame.work, frame.migration.id) if view.kind.is_inventory]


def _chosen(of: dict[str, int], key: str, label: str, named: dict[int, str], none: str) -> Subject | None:
    if not named:
        st.caption(f"There is nothing to look at yet: {none}.")
        return None
    number = st.selectbox(label, list(named), format_func=named.__getitem__, key=f"ask-{key}")
    return Subject.model_validate({**of, key: number})


def draw_estimate(estimate: Estimate) -> None:
    """Draw how much is in doubt and the most that asking about it would take."""
    if settings().model_endpoint is None:
        st.caption("No model is set, so nothing is sent anywhere: the agent answers from its engine alone.")
    cost = "–" if estimate.cost is None else f"{estimate.cost:,.4f} {estimate.currency}"
    figures = {
        "Items": words.number(estimate.items),
        "In doubt": words.number(estimate.in_doubt),
        "Requests": words.number(min(estimate.calls, estimate.affordable)),
        "Tokens at most": words.number(estimate.prompt_tokens + estimate.completion_tokens),
        "Cost at most": cost,
    }
    for column, (label, figure) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(label, figure)
    if estimate.withheld:
        st.caption(f"{words.counted(estimate.withheld, 'item')} in doubt will not be asked about.")


def draw_disclosure(frame: Frame, request: AskAgent, *, key: str = "disclosure") -> None:
    """Draw everything that would leave this machine, word for word."""
    with st.expander(
        "Everything that would be sent", icon=":material/visibility:", on_change="rerun", key=key
    ) as shown:
        if not shown.open:
            return
        said = service(frame).disclose(request.agent, request.subject)
        if not said.requests:
            st.caption("Nothing: no item is in doubt.")
            return
        where = f"To {said.endpoint}" + (", elsewhere" if said.leaves_machine else ", on this machine")
        st.caption(f"{words.plain(where)}. Values of {words.plain(', '.join(said.shared)) or 'no column'} go along.")
        if said.kept_back:
            st.caption(f"Kept back: the values of {words.plain(', '.join(said.kept_back))}.")
        if said.replaced:
            counts = ", ".join(words.counted(number, NAMED[kind]) for kind, number in said.replaced.items())
            st.caption(f"Replaced by pseudonyms: {counts}.")
        st.code("\n\n".join(said.requests), language="json", wrap_lines=True, height=240)
