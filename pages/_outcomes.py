"""What runs came to: told in a sentence, and where to look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pages import _words as words
from pages._telling import tell, tell_failure
from platform_core.domain.imports import ImportState
from platform_core.domain.runs import RunStatus
from platform_core.services import imports, plans
from platform_core.services.activity import RunView

if TYPE_CHECKING:
    from pages._frame import Frame


def tell_outcome(frame: Frame, run: RunView) -> None:
    """Say on the next run of the page what came of a run that is over."""
    if run.status is RunStatus.COMPLETED:
        _SENTENCES.get(run.job, _tell_completed)(frame, run)
    elif run.status is RunStatus.CANCELLED:
        tell(f"{named(run)} was cancelled", icon=":material/cancel:")
    else:
        tell_failure(run.error or f"{named(run)} was lost; begin it again.")


def named(run: RunView) -> str:
    """Return what a run does, as the beginning of a sentence; an object that begins with its kind says it alone."""
    if run.object.casefold().startswith(run.kind):
        return run.object[:1].upper() + run.object[1:]
    return f"{run.kind.capitalize()} of {run.object}"


def opens(run: RunView) -> tuple[str, Mapping[str, int]] | None:
    """Return the page, with its query, that shows what a completed run came to; None where there is none."""
    if run.status is not RunStatus.COMPLETED:
        return None
    read = run.result.get("imports") or []
    if run.job == "read_file":
        return ("mapping", {"import": read[0]}) if read else ("upload", {})
    if run.job in {"read_again", "compare"}:
        return "mapping", {"import": run.result["import_id"]}
    return (_PAGES[run.job], {}) if run.job in _PAGES else None


def recognised(view: imports.ImportView) -> str:
    """Return in words what a file turned out to be."""
    if not view.kind.is_inventory:
        return "Not an inventory: security findings" if view.kind == "security" else "Not an inventory"
    return view.format or f"{view.kind.capitalize()} list"


def _tell_received(frame: Frame, run: RunView) -> None:
    twin = run.result.get("identical_to")
    if twin is not None:
        tell(f"{run.object} is identical to import {twin}: nothing to do", icon=":material/content_copy:")
    for number in run.result["imports"]:
        view = imports.view(frame.work, number)
        tell(f"{view.title}: {recognised(view)}, {words.counted(view.rows_stored, 'row')}")


def _tell_read_again(frame: Frame, run: RunView) -> None:
    tell(f"{imports.view(frame.work, run.result['import_id']).title}: read again")


def _tell_inventory(frame: Frame, run: RunView) -> None:
    out = imports.view(frame.work, run.result["import_id"]) if run.job == "withdraw" else None
    if out is not None and out.state is not ImportState.APPLIED:
        tell(f"Took {out.title} out of the inventory")
        return
    tell(f"Inventory: {_sizes(run.result)}")


def _tell_searched(_frame: Frame, run: RunView) -> None:
    pairs = run.result["pairs"]
    tell(f"{words.counted(pairs, 'pair')} to look at" if pairs else "No two assets look like one thing")


def _tell_merged(_frame: Frame, run: RunView) -> None:
    tell(f"{words.counted(run.result['going'], 'asset')} to be merged with the next build")


def _tell_repaired(_frame: Frame, run: RunView) -> None:
    changed, turned = run.result["assets"], run.result["recommendations"]
    followed = f"; {words.counted(turned, 'recommendation')} changed" if turned else ""
    tell(f"{run.object}: {words.counted(changed, 'asset')} repaired{followed}")


def _tell_undone(_frame: Frame, run: RunView) -> None:
    tell(f"Undid: {run.result['text']}", icon=":material/undo:")


def _tell_taken_back(_frame: Frame, run: RunView) -> None:
    tell(f"Took back: {run.object}; {words.counted(run.result['assets'], 'asset')} changed", icon=":material/undo:")


def _tell_nothing(_frame: Frame, _run: RunView) -> None:
    """Leave it to the page, which shows what came of it."""


def _tell_planned(frame: Frame, run: RunView) -> None:
    plan = plans.view(frame.work, run.result["plan_id"])
    if plan.conflicts:
        tell("The rules cannot all hold; see which on this page", icon=":material/rule:")
    else:
        tell(f"Planned {len(plan.waves)} waves")


def _tell_loaded(_frame: Frame, run: RunView) -> None:
    tell(f"Loaded {run.result['files']} files: {_sizes(run.result)}")


def _tell_answered(_frame: Frame, run: RunView) -> None:
    made = len(run.result["proposals"])
    tell(f"{named(run)}: {words.counted(made, 'proposal')}" if made else f"{named(run)}: the engine's answers stand")


def _tell_completed(_frame: Frame, run: RunView) -> None:
    tell(f"{named(run)}: done")


def _sizes(result: Mapping[str, Any]) -> str:
    return f"{result['assets']:,} assets, {result['applications']:,} applications"


_SENTENCES: Mapping[str, Callable[[Frame, RunView], None]] = {
    "read_file": _tell_received,
    "read_again": _tell_read_again,
    "apply": _tell_inventory,
    "apply_all": _tell_inventory,
    "withdraw": _tell_inventory,
    "duplicates": _tell_searched,
    "merge": _tell_merged,
    "settle": _tell_inventory,
    "repair": _tell_repaired,
    "compare": _tell_nothing,
    "take_back": _tell_taken_back,
    "undo": _tell_undone,
    "plan": _tell_planned,
    "sample": _tell_loaded,
    "agent": _tell_answered,
}
_PAGES = {
    "apply": "inventory",
    "apply_all": "inventory",
    "withdraw": "inventory",
    "duplicates": "inventory",
    "merge": "inventory",
    "settle": "inventory",
    "repair": "inventory",
    "plan": "waves",
    "sample": "overview",
    "agent": "agents",
}
