"""Kill imports at random moments and count what is there by half: `python -m tests.perf.import_crashes --kills 200`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.harness.import_crashes import kill_imports


def main() -> None:
    """Exit code 1 when an import was found by half, or SQLite found its file damaged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="workbench-imports-") as folder:
        losses = kill_imports(Path(folder), chosen.kills, seed=chosen.seed)
    states = ", ".join(f"{count} {state}" for state, count in sorted(losses.states.items()))
    print(f"{losses.kills} imports killed; migrations: {states}; faults: {len(losses.faults)}")  # noqa: T201
    sys.stdout.writelines(f"  {fault}\n" for fault in losses.faults)
    sys.exit(1 if losses.faults else 0)


if __name__ == "__main__":
    main()
