"""Building an inventory where a million assets have room: part by part into a staged file."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence

import pyarrow as pa

from platform_core import dependencies, inventory
from platform_core.domain.base import Progress, silent
from platform_core.domain.dependencies import DependencyDecision, DependencyVerdict
from platform_core.domain.mapping import MappedTable
from platform_core.reference import catalogue
from platform_core.services.knowledge import vocabularies
from platform_core.store.staging import Staging


def stage(tables: Sequence[MappedTable], staged: Staging, progress: Progress = silent) -> None:
    """Build the inventory of `tables` into `staged`, which must be empty."""
    for part in inventory.build_in_parts(tables, catalogue(), vocabularies(), progress=progress):
        staged.add(part)


def release_memory() -> None:
    """Give memory that was let go of back to the system, so that the next phase does not add to the peak of the last.

    Arrow and the C library keep it for later; only glibc can be asked to return it.
    """
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def settle_dependencies(staged: Staging, decisions: Sequence[DependencyDecision] = ()) -> None:
    """Find the ends of all staged dependencies, with those that assets list, and lay the analysts' verdicts over them.

    Names that stay open become findings.
    """
    found, still_open = dependencies.resolved(
        staged.dependencies, staged.filled("dependencies"), staged.with_fields(dependencies.NAMING_FIELDS)
    )
    staged.dependencies = found
    staged.add_issues(still_open)
    lay_verdicts(staged, decisions)


def lay_verdicts(staged: Staging, decisions: Sequence[DependencyDecision]) -> None:
    """Lay the analysts' verdicts over staged dependencies whose ends are found, in place of any laid before."""
    seen = [each for each in staged.dependencies if each.verdict is not DependencyVerdict.ADDED]
    decided = {key for each in decisions for key in (each.source_key, each.target_key) if key}
    staged.dependencies = dependencies.settle(seen, decisions, staged.subjects_of(decided).keys())
