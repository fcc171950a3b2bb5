"""Durable runs: asked for by a row in the database, carried out step by step in a worker or in the request itself.

Pages need what is exported here and the rows of runs. The queue (DBOS) is imported by `jobs.worker` alone, in the
worker's process.
"""

from platform_core.jobs.child import WorkerChild, yield_to_the_pages
from platform_core.jobs.desk import Order, Placed, cancel, close_abandoned, order_to_retry, place, recorded
from platform_core.jobs.hold import Hold, HoldLost, hold_of
from platform_core.jobs.kinds import JobKind, Lane, Room, load_kinds
from platform_core.jobs.turn import CarryOut, Outcome, Step, StepsInRequest, Turn, carry_out

__all__ = [
    "CarryOut",
    "Hold",
    "HoldLost",
    "JobKind",
    "Lane",
    "Order",
    "Outcome",
    "Placed",
    "Room",
    "Step",
    "StepsInRequest",
    "Turn",
    "WorkerChild",
    "cancel",
    "carry_out",
    "close_abandoned",
    "hold_of",
    "load_kinds",
    "order_to_retry",
    "place",
    "recorded",
    "yield_to_the_pages",
]
