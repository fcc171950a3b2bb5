"""A made server export of any length as a CMDB writes it: 40 columns, most of them few words repeated, some unique."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from pathlib import Path

ROWS_IN_AN_APPLICATION = 250
"""Servers behind one application of a large estate; more rows than that give more applications."""

SYSTEMS = (
    ("Windows Server 2012 R2", "6.3"), ("Windows Server 2016", "10.0.14393"), ("Windows Server 2019", "10.0.17763"),
    ("Red Hat Enterprise Linux 7", "7.9"), ("Red Hat Enterprise Linux 8", "8.6"), ("Ubuntu 22.04 LTS", "22.04"),
    ("SUSE Linux Enterprise Server 12", "12 SP5"), ("AIX 7.2", "7.2"),
)  # fmt: skip
MODELS = (("Dell Inc.", "PowerEdge R740"), ("HPE", "ProLiant DL380 Gen10"), ("VMware, Inc.", "VMware Virtual Platform"))
PROCESSORS = ("Intel(R) Xeon(R) Gold 6248R CPU @ 3.00GHz", "Intel(R) Xeon(R) E5-2690 v4", "AMD EPYC 7543")
SITES = tuple(
    (city, f"{city[:3].upper()}-DC{hall}") for city in ("Leeds", "Frankfurt", "Ohio", "Pune") for hall in (1, 2)
)
UNITS = ("Sales", "Finance", "Claims", "Logistics", "Legal", "Research", "Operations")
PEOPLE = tuple(
    f"{first} {last}" for first in ("Ana", "Ben", "Chen", "Dora", "Emil") for last in ("Ross", "Ito", "Vega")
)
NOTES = ("", "", "", "Do not reboot before month end", 'Labelled "legacy", see ticket', "Owner left, to be settled")

Cell = Callable[[int, random.Random], str]


def _pick(*options: str) -> Cell:
    return lambda _, chance: options[int(chance.random() * len(options))]


def _day(first: int, last: int) -> Cell:
    return lambda _, chance: (
        f"{first + int(chance.random() * (last - first + 1))}-{1 + int(chance.random() * 12):02d}"
        f"-{1 + int(chance.random() * 28):02d}"
    )


def _mac(number: int) -> str:
    digits = f"{number:06x}"
    return f"00:50:56:{digits[:2]}:{digits[2:4]}:{digits[4:]}"


COLUMNS: dict[str, Cell] = {
    "Server Name": lambda i, _: f"srv{i:07d}",
    "FQDN": lambda i, _: f"srv{i:07d}.corp.example",
    "IP Address": lambda i, _: f"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}",
    "MAC Address": lambda i, _: _mac(i),
    "Serial Number": lambda i, _: f"SN{i * 7919 % 99999989:08d}",
    "Asset Tag": lambda i, _: f"TAG-{i:07d}",
    "Operating System": lambda i, _: SYSTEMS[i % 8][0],
    "OS Version": lambda i, _: SYSTEMS[i % 8][1],
    "CPU Cores": _pick("2", "4", "8", "16", "32"),
    "CPU Sockets": _pick("1", "2", "4"),
    "CPU Model": _pick(*PROCESSORS),
    "RAM (MB)": _pick("4096", "8192", "16384", "32,768", "65,536"),
    "Disk (GB)": lambda _, chance: f"{40 + int(chance.random() * 2000)}",
    "Disk Used (GB)": lambda _, chance: f"{chance.random() * 1000:.1f}",
    "CPU Utilization %": lambda _, chance: f"{chance.random() * 100:.1f}",
    "Memory Utilization %": lambda _, chance: f"{chance.random() * 100:.1f} %",
    "Environment": _pick("Production", "PROD", "Development", "Test", "UAT", "n/a"),
    "Business Criticality": _pick("Mission critical", "High", "Medium", "Low", ""),
    "DR Tier": _pick("Tier 1", "Tier 2", "Tier 3", ""),
    "RTO (hours)": _pick("4", "8", "24", "72", ""),
    "RPO (hours)": _pick("1", "4", "24", ""),
    "Data Classification": _pick("Confidential", "Internal", "Public"),
    "Compliance": _pick("", "", "PCI DSS; SOX", "GDPR"),
    "Location": lambda i, _: SITES[i % 8][0],
    "Data Center": lambda i, _: SITES[i % 8][1],
    "VLAN": lambda i, _: f"VLAN{100 + i % 400}",
    "Cluster": lambda i, _: f"CL-{i % 120:03d}",
    "Hypervisor Host": lambda i, _: f"esx{i % 4000:04d}.corp.example",
    "Is Virtual": _pick("Yes", "No", "TRUE"),
    "Power State": _pick("poweredOn", "poweredOff"),
    "Manufacturer": lambda i, _: MODELS[i % 3][0],
    "Model": lambda i, _: MODELS[i % 3][1],
    "Purchase Date": _day(2012, 2023),
    "Warranty Expiry": _day(2021, 2028),
    "Last Seen": _day(2026, 2026),
    "Business Owner": _pick(*PEOPLE),
    "Support Group": lambda i, _: f"{UNITS[i % 7]} Support L{1 + i % 3}",
    "Business Unit": lambda i, _: UNITS[i % 7],
    "Application Name": lambda i, chance: f"App {int(chance.random() ** 2 * max(1, i // ROWS_IN_AN_APPLICATION)):05d}",
    "Notes": lambda _, chance: NOTES[int(chance.random() * 6)],
}  # fmt: skip


def rows(count: int, *, seed: int = 1, start: int = 0) -> Iterator[list[str]]:
    """Yield `count` rows from server number `start` on; the same seed gives the same rows."""
    chance, cells = random.Random(seed), tuple(COLUMNS.values())
    for number in range(start, start + count):
        yield [cell(number, chance) for cell in cells]


def write(path: Path, count: int, *, seed: int = 1) -> Path:
    """Write an export of `count` rows and return its path; about 420 bytes a row."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        writer.writerows(rows(count, seed=seed))
    return path
