"""The shipped drivers, and what a driver file may not say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from platform_core.domain.risk import RiskAxis
from platform_core.errors import BadInput
from platform_core.reference import DATA
from platform_core.risk import load_drivers

SHIPPED = DATA / "risk"


def test_both_axes_have_drivers_and_every_driver_that_raises_risk_can_be_mitigated_or_is_a_given() -> None:
    drivers = load_drivers(DATA)
    assert {driver.axis for driver in drivers.drivers} == set(RiskAxis)
    given = {"not production", "rehearsed"}
    lowered = {name for mitigation in drivers.mitigations for name in mitigation.lowers}
    assert {driver.name for driver in drivers.drivers} - given == lowered


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (
            "drivers.csv",
            "many servers,likelihood,servers,number,at_least,10",
            "many servers,likelihood,servers,number,about,10",
        ),
        (
            "drivers.csv",
            "many servers,likelihood,servers,number,at_least,10",
            "many servers,luck,servers,number,at_least,10",
        ),
        ("drivers.csv", "AWS Prescriptive Guidance: cutover window", ""),
        ("mitigations.csv", ",no owner,", ",no such driver,"),
        ("scales.yaml", "    rehost: 1\n", ""),
        ("scales.yaml", "servers_exponent", "exponent"),
        ("scales.yaml", "bands:", "bands: ["),
    ],
)
def test_a_file_that_cannot_work_is_refused_at_start(tmp_path: Path, file: str, old: str, new: str) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "risk")
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput):
        load_drivers(tmp_path)
