"""What an agent's run did: in time, against its budget, and what came of it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._agent_calls import draw_calls, verdict
from pages._frame import Frame
from pages._proposals import engine_words, said
from platform_core import charts
from platform_core.domain.runs import TaskStatus
from platform_core.monitor import Event, TaskView
from platform_core.services import agent_activity, proposals
from platform_core.services.activity import RunView
from platform_core.services.agent_activity import AgentWork, Refused
from platform_core.services.proposals import ProposalView


def draw_agent_work(frame: Frame, run: RunView, events: list[Event]) -> None:
    """Draw the work of the agents of a run; nothing for a run without any."""
    work = agent_activity.of_run(frame.store, run.id, events)
    if not work.tasks:
        return
    for task in work.tasks:
        st.caption(words.plain(f"{task.name}: {came_to(task)}"))
    for why in work.degraded:
        st.info(words.plain(f"{why.text} The engine's answers stand. {why.hint}".strip()), icon=":material/info:")
    for warning in work.warnings:
        st.warning(words.plain(warning), icon=":material/troubleshoot:")
    draw_budget(work)
    made = proposals.of_run(frame.work, run.id)
    draw_waterfall(run, work)
    if work.calls:
        draw_calls(frame, run, work, made)
    draw_made(made, work.refused)


def came_to(task: TaskView) -> str:
    """Return in words what a task came to: the engine's items, what a model was asked of them, and what passed."""
    if task.status is not TaskStatus.COMPLETED:
        return task.error or str(task.status)
    told = task.result
    counts = ("asked", "asked about"), ("proposals", "proposed"), ("dropped", "refused by the checks")
    more = ("withheld", "withheld from the model"), ("applied", "applied by policy")
    parts = [f"{told[key]:,} {text}" for key, text in (*counts, *more) if told.get(key)]
    source = f"answer from {task.source}" if task.source else "answered"
    return ", ".join(
        [f"{words.counted(int(str(told.get('items', 0))), 'item')} answered by the engine", *parts, source]
    )


def draw_budget(work: AgentWork) -> None:
    """Draw how much of the run's budget is spent, a bar for each part of it."""
    if not work.budget:
        return
    for column, part in zip(st.columns(len(work.budget)), work.budget, strict=True):
        text = f"{words.amount(part.spent)} of {words.amount(part.most)} {part.unit}"
        column.progress(part.share, text=words.plain(text))


def draw_waterfall(run: RunView, work: AgentWork) -> None:
    """Draw tasks and requests in time; a click on a request shows what was said in it."""
    bars = [charts.Bar(span.label, span.begin, span.seconds, span.state, span.text, span.call) for span in work.spans]
    key = f"waterfall-{run.id}"

    def look() -> None:
        points = st.session_state[key].selection.points
        if points and points[0]["customdata"][0] is not None:
            st.session_state[f"call-{run.id}"] = points[0]["customdata"][0]

    st.plotly_chart(
        charts.run_waterfall(bars),
        key=key,
        on_select=look,
        selection_mode="points",
        config={"displayModeBar": False},
        alt="Tasks of the run and their requests to the model in time",
    )
    asked = "Click a request to see what was said." if work.calls else "No request was sent: the engine answered alone."
    st.caption(f"Each task from its begin to its end, its requests below it. {asked}")


def draw_made(made: list[ProposalView], refused: tuple[Refused, ...]) -> None:
    """Draw what came of the run: each proposal with the engine's answer and its decision, and what did not pass."""
    if made:
        table = pd.DataFrame(
            {
                "About": [view.about for view in made],
                "Proposed": [said(view.change) for view in made],
                "Engine says": [engine_words(view) for view in made],
                "State": [view.state.capitalize() for view in made],
                "By": [view.decided_by or words.DASH for view in made],
                "Reason": [view.reason or words.DASH for view in made],
            }
        )
        st.dataframe(table, hide_index=True, alt="Proposals of this run with what became of them")
    for each in [each for each in refused if not each.call_id]:
        st.caption(f":material/block: {words.plain(verdict(each))}")
