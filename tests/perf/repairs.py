"""How many planted faults the proposed rules mend, how many sound values they spoil, and how long quality takes.

.venv/bin/python -m tests.perf.repairs [--assets 20000] [--share 0.01] [--seeds 3]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from platform_core.domain.asset_decisions import AssetDecision, Rule
from platform_core.domain.inventory import Asset
from platform_core.domain.quality import Fault
from platform_core.inventory import Overlay, find_faults
from platform_core.reference import catalogue
from platform_core.services.knowledge import fault_knowledge
from platform_core.store.columns import now
from tests.harness.faulty_inventory import ON, InMemory, Planted, plant


class Judged:
    """What a repair of a planted inventory came to."""

    def __init__(self, planted: Planted) -> None:
        found = {asset.key: dict(asset.values) for asset in planted.assets}
        self.faults = find_faults(InMemory(planted.assets), fault_knowledge(), ON)
        repaired = {asset.key: asset for asset in _repaired(planted.assets, self.faults)}
        self.planted = Counter({fault: len(keys) for fault, keys in planted.faults.items()})
        self.mended: Counter[str] = Counter()
        hit: dict[str, set[str]] = {}
        for fault, keys in planted.faults.items():
            for key, fields in keys.items():
                hit[key] = set(fields)
                right = all(repaired[key].values.get(f) == planted.truth[key].get(f) for f in fields)
                self.mended[fault] += right
        self.changed = self.wrong = 0
        self.spoiled: list[tuple[str, str, object, object]] = []
        for key, asset in repaired.items():
            for field in asset.edits or {}:
                self.changed += 1
                if asset.values.get(field) != planted.truth[key].get(field):
                    self.wrong += 1
                    self.spoiled.append((key, field, found[key].get(field), asset.values.get(field)))

    @property
    def recall(self) -> float:
        """Share of planted faults whose fields are all as they should be."""
        return sum(self.mended.values()) / sum(self.planted.values())

    @property
    def false_repairs(self) -> float:
        """Share of changed values that are not what they should be."""
        return self.wrong / self.changed if self.changed else 0.0


def _repaired(assets: list[Asset], faults: list[Fault]) -> list[Asset]:
    rules = [fault.rule for fault in faults if fault.rule is not None]
    log = [_decided(number, rule) for number, rule in enumerate(rules, 1)]
    return list(Overlay(log, catalogue()).take(assets))


def _decided(number: int, rule: Rule) -> AssetDecision:
    return AssetDecision(id=number, asset_key=None, content=rule, reason="", author="judge", at=now())


def say(*words: object) -> None:
    """Write one line."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def main() -> None:
    """Print recall by kind of fault, false repairs, and what rules do to an inventory without any fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=20_000)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    planted, mended, changed, wrong = Counter[str](), Counter[str](), 0, 0
    for seed in range(chosen.seeds):
        judged = Judged(plant(chosen.assets, chosen.share, seed))
        planted, mended = planted + judged.planted, mended + judged.mended
        changed, wrong = changed + judged.changed, wrong + judged.wrong
        for line in judged.spoiled[:5]:
            say("  spoiled:", *line)
    for fault, number in planted.items():
        say(f"{fault:40} {mended[fault]:6,} of {number:6,}  {mended[fault] / number:6.3f}")
    say(f"recall {sum(mended.values()) / sum(planted.values()):.3f}, {changed:,} values changed, {wrong:,} wrongly")
    sound = Judged(plant(chosen.assets, 1.0, 99, faults=()))
    say(f"without faults: {sound.changed:,} values of {chosen.assets:,} servers changed")


if __name__ == "__main__":
    main()
