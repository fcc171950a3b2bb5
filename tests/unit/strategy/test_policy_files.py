"""The shipped policy, and what a policy may not say."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

from platform_core.domain.strategy import Strategy
from platform_core.errors import BadInput
from platform_core.reference import DATA
from platform_core.strategy import load_policy

SHIPPED = DATA / "strategy"


def copy_with(folder: Path, file: str, old: str, new: str) -> Path:
    target = shutil.copytree(SHIPPED, folder / "strategy")
    text = (target / file).read_text(encoding="utf-8")
    assert old in text
    (target / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_the_default_palette_is_the_six_rs_and_relocate() -> None:
    assert set(load_policy(DATA).offered) == set(Strategy) - {Strategy.REARCHITECT}


def test_every_strategy_has_signals_for_it_and_against_it() -> None:
    policy = load_policy(DATA)
    for position, strategy in enumerate(Strategy):
        weights = [signal.weights[position] for signal in policy.signals]
        assert max(weights) >= 2, strategy
        assert min(weights) <= -2, strategy


def test_signals_have_names_of_their_own() -> None:
    names = [signal.name for signal in load_policy(DATA).signals]
    assert len(names) == len(set(names))


def test_every_feature_that_is_observed_is_used() -> None:
    policy = load_policy(DATA)
    needed = {f for rule in (*policy.signals, *policy.vetoes) for part in rule.needs for f in part}
    needed |= {f for rule in policy.vetoes for part in rule.unless for f in part}
    observed = {t.feature for thresholds in policy.thresholds.values() for t in thresholds}
    observed |= {phrase.feature for phrase in policy.phrases}
    assert observed == needed


def test_answers_worth_asking_for_can_make_a_difference() -> None:
    policy = load_policy(DATA)
    vetoing = {f for rule in policy.vetoes for part in (*rule.needs, *rule.unless) for f in part}
    for key in policy.keys.values():
        if key.answers and not key.texts:
            assert policy.reach(key.key) > 0 or vetoing & {t.feature for t in policy.thresholds[key.key]}, key.key


def test_no_rule_file_names_an_application_of_the_published_cases() -> None:
    names = [row for row in (SHIPPED / "gold.jsonl").read_text(encoding="utf-8").splitlines() if row]
    rules = "".join((SHIPPED / file).read_text(encoding="utf-8").lower() for file in ("phrases.yaml", "signals.csv"))
    for name in re.findall(r'"name": "([^"]+)"', "\n".join(names)):
        assert name.lower() not in rules


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("signals.csv", "unused,use,unused,", "unused,use,never_observed,"),
        ("signals.csv", "AWS Prescriptive Guidance: retire", ""),
        ("signals.csv", "unused,use,unused,4,", "unused,use,unused,much,"),
        ("signals.csv", ",speed,It shall move without change", ",beauty,It shall move without change"),
        ("features.csv", "in_use,actively_used,yes", "in_use,actively_used,perhaps"),
        ("features.csv", "in_use,actively_used,yes", "in_use,no_such_key,yes"),
        ("features.csv", "at_least,90", "at_least,many"),
        ("keys.csv", "actively_used,yes_no", "actively_used,maybe"),
        ("vetoes.csv", "rehost;relocate,mainframe", "rehost;relocate,no_such_feature"),
        ("vetoes.csv", "rehost;relocate,mainframe", "teleport,mainframe"),
        ("opposites.csv", "unused,in_use", "unused,never_observed"),
        ("hard_links.csv", "1433,", "database,"),
        ("policy.yaml", "temperature: 1.0", "warmth: 1.0"),
        ("policy.yaml", "priors:", "priors: ["),
        ("phrases.yaml", "'as is(?! to)'", "'as is(('"),
        ("phrases.yaml", "'as is(?! to)'", "'as is {nosuchgroup}'"),
    ],
)
def test_a_policy_that_cannot_work_is_refused_at_start(tmp_path: Path, file: str, old: str, new: str) -> None:
    with pytest.raises(BadInput):
        load_policy(copy_with(tmp_path, file, old, new))


def test_every_row_names_its_source() -> None:
    for path in SHIPPED.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as handle:
            assert all(row["source"] for row in csv.DictReader(handle)), path.name
