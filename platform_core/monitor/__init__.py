"""What runs, tasks and models do: kept as it happens, told live, and summed up."""

from platform_core.monitor.feed import EventFeed, Heard
from platform_core.monitor.figures import AgentFigures, Durations, RunFigures, durations
from platform_core.monitor.monitor import EVENTS, AgentMonitor
from platform_core.monitor.views import CallTexts, CallView, CurrentStatus, Event, TaskView

__all__ = [
    "EVENTS",
    "AgentFigures",
    "AgentMonitor",
    "CallTexts",
    "CallView",
    "CurrentStatus",
    "Durations",
    "Event",
    "EventFeed",
    "Heard",
    "RunFigures",
    "TaskView",
    "durations",
]
