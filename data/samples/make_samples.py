"""Makes the sample exports of Quillhaven Mutual, an insurer that does not exist: same seed, same files.

    python data/samples/make_samples.py

Reads the clean portfolio (`portfolio/*.csv`) and writes the four exports beside this file, dirty on purpose
(README.md lists how). Nothing here comes from a real organisation.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
SEED = 20260315
DOMAIN = "quillhaven.example"
SITES = {"n": ("Northgate DC", "Northgate campus", "10.20"), "s": ("Southmere DC", "Southmere", "10.30")}

FIRST = ("Ada", "Bram", "Celia", "Dario", "Edda", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Lorenz", "Mina")
LAST = ("Abbot", "Brandl", "Corrigan", "Dvorak", "Eklund", "Farrow", "Gallo", "Hansen", "Imber", "Jansen", "Kovac")

ENVIRONMENT_WORDS = {
    "production": ("Production", "PROD", "prod", "Live", "Prod "),
    "test": ("Test", "TEST", "UAT", "QA", "tst"),
    "development": ("Development", "DEV", "dev"),
}
CRITICALITY_WORDS = {
    "Mission critical": ("Mission critical", "1 - most critical", "MISSION CRITICAL"),
    "Critical": ("Critical", "critical", "1 - most critical"),
    "High": ("High", "HIGH", "2 - somewhat critical"),
    "Medium": ("Medium", "medium", "3 - less critical"),
    "Low": ("Low", "low", "4 - not critical"),
}
FILLERS = ("N/A", "-", "unknown", "tbd", "n/a", "")
SIZES = {"web": (2, 4, 60), "app": (4, 16, 120), "db": (8, 32, 600), "lpar": (6, 128, 4000)}
SERVICE_PORTS = {"web": (8443, "httpd"), "app": (8080, "java"), "db": (1521, "oracle"), "lpar": (3270, "cics")}
DATABASE_PORTS = {"Oracle": (1521, "oracle"), "SQL": (1433, "sqlservr"), "PostgreSQL": (5432, "postgres"),
                  "MySQL": (3306, "mysqld"), "Db2": (50000, "db2sysc"), "MongoDB": (27017, "mongod"),
                  "Sybase": (5000, "dataserver")}  # fmt: skip
NOISE = ((53, "udp", "dns"), (123, "udp", "ntp"), (88, "tcp", "dc"), (389, "tcp", "dc"), (445, "tcp", "fil"),
         (514, "udp", "sys"), (161, "udp", "scn"), (8530, "tcp", "pat"))  # fmt: skip


@dataclass
class Machine:
    """One server as it really is; the exports each tell a part of it, not always well."""

    host: str
    site: str
    environment: str
    role: str
    os: str
    cpu: int
    memory_gib: int
    disk_gib: int
    ip: str
    application: dict[str, str] | None
    purpose: str
    ci_class: str
    created: date
    uuid: str
    serial: str
    powered: bool = True

    @property
    def is_vm(self) -> bool:
        """Whether vSphere knows it."""
        return self.ci_class == "Virtual Machine"

    @property
    def fqdn(self) -> str:
        """Its DNS name."""
        return f"{self.host}.{DOMAIN}"


class Maker:
    """Holds the random generator and everything that is made with it, in a fixed order."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.applications = _read("applications")
        self.by_code = {row["code"]: row for row in self.applications}
        self._addresses = dict.fromkeys(SITES, 0)
        self.machines = [*self._application_machines(), *self._infrastructure()]

    def pick(self, options: Sequence[str]) -> str:
        """Return one of `options`."""
        return options[int(self.rng.integers(len(options)))]

    def chance(self, share: float) -> bool:
        """Return True in `share` of the calls."""
        return bool(self.rng.random() < share)

    def person(self) -> tuple[str, str]:
        """Return a made-up name and its mail address."""
        first, last = self.pick(FIRST), self.pick(LAST)
        return f"{first} {last}", f"{first}.{last}@{DOMAIN}".lower()

    def day(self, first_year: int, last_year: int) -> date:
        """Return a day in the given years."""
        start = date(first_year, 1, 1)
        return start + timedelta(days=int(self.rng.integers((date(last_year, 12, 31) - start).days)))

    def _application_machines(self) -> Iterable[Machine]:
        for row in self.applications:
            environments = zip(("production", "test", "development"), row["servers"].split("/"), strict=False)
            for environment, listed in environments:
                for role, count in re.findall(r"([a-z]+)(\d+)", listed):
                    for number in range(1, int(count) + 1):
                        yield self._application_machine(row, environment, role, number)

    def _application_machine(self, row: dict[str, str], environment: str, role: str, number: int) -> Machine:
        site = "s" if environment != "production" or number % 2 == 0 else "n"
        host = f"qh{site}-{row['code'].lower()}-{role}{number:02d}{environment[0]}"
        cpu, memory, disk = SIZES[role]
        scale = 1 if environment == "production" else 2
        on_vm = row["host"] == "vm"
        classes = {"vm": "Virtual Machine", "aix": "AIX Server", "solaris": "Solaris Server", "mainframe": "Mainframe"}
        machine = self._machine(host, site, environment, row["os"], classes.get(row["host"], "Server"))
        machine.role, machine.application, machine.purpose = role, row, f"{row['name']} {role}"
        machine.cpu, machine.memory_gib = max(1, cpu // scale), max(2, memory // scale)
        machine.disk_gib = int(disk / scale * (0.7 + 0.8 * self.rng.random()))
        machine.powered = not on_vm or row["status"] != "Inactive"
        return machine

    def _infrastructure(self) -> Iterable[Machine]:
        for row in _read("infrastructure"):
            for number in range(1, int(row["count"]) + 1):
                site = "ns"[number % 2]
                host = f"qh{site}-{row['prefix']}{number:02d}"
                machine = self._machine(host, site, row["environment"], row["os"], row["class"])
                machine.role, machine.purpose = row["prefix"], row["purpose"]
                machine.cpu, machine.memory_gib = int(row["cpu"] or 0), int(row["memory_gib"] or 0)
                machine.disk_gib = int(row["disk_gib"] or 0)
                machine.powered = row["prefix"] != "tmp" or number > 9
                yield machine

    def _machine(self, host: str, site: str, environment: str, os: str, ci_class: str) -> Machine:
        self._addresses[site] += 1
        count = self._addresses[site]
        digits = "4213" + "".join(self.pick("0123456789abcdef") for _ in range(28))
        return Machine(
            host=host, site=site, environment=environment, role="", os=os, cpu=0, memory_gib=0, disk_gib=0,
            ip=f"{SITES[site][2]}.{count // 200}.{count % 200 + 10}", application=None, purpose="", ci_class=ci_class,
            created=self.day(2012, 2024),
            uuid="-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])),
            serial=f"QH{int(self.rng.integers(10**7)):07d}",
        )  # fmt: skip


def _read(name: str) -> list[dict[str, str]]:
    with (HERE / "portfolio" / f"{name}.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _text(rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def vsphere(maker: Maker) -> str:
    """Return the VM export: MiB without saying so, friendly VM names, no DNS name on machines that are off."""
    header = (
        "VM", "Powerstate", "Template", "DNS Name", "CPUs", "Memory", "Total disk capacity MiB", "In Use MiB",
        "Primary IP Address", "Network #1", "Network #2", "Datacenter", "Cluster", "Host", "Creation date",
        "OS according to the VMware Tools", "OS according to the configuration file", "VM ID", "VM UUID", "Annotation",
    )  # fmt: skip
    seen = [machine for machine in maker.machines if machine.is_vm and not maker.chance(0.02)]
    return _text([header, *(_vsphere_row(maker, number, machine) for number, machine in enumerate(seen, 1001))])


def _vsphere_row(maker: Maker, number: int, machine: Machine) -> list[object]:
    friendly = machine.application is not None and maker.chance(0.06)
    name = f"{machine.purpose} {number}" if friendly and machine.powered else machine.host.upper()
    configured = _guest_name(machine.os)
    public = machine.application is not None and "Internet facing" in machine.application["notes"]
    used = machine.disk_gib * 1024 * (0.25 + 0.6 * maker.rng.random())
    host = 2 * int(maker.rng.integers(1, 6)) - (machine.site == "s")
    return [
        name, "poweredOn" if machine.powered else "poweredOff", "False", machine.fqdn if machine.powered else "",
        machine.cpu, machine.memory_gib * 1024, machine.disk_gib * 1024, int(used),
        machine.ip if machine.powered else "", f"VLAN {machine.environment[:4].upper()} {machine.site.upper()}",
        "DMZ" if public and machine.role == "web" else "", SITES[machine.site][0],
        f"CL-{machine.site.upper()}-01", f"qh{machine.site}-esx{host:02d}.{DOMAIN}",
        f"{machine.created.isoformat()} {int(maker.rng.integers(6, 20)):02d}:15:00",
        configured if machine.powered else "", configured, f"vm-{number}", machine.uuid,
        "" if maker.chance(0.8) else machine.purpose,
    ]  # fmt: skip


def _guest_name(os: str) -> str:
    match = re.match(r"(Windows Server) (.*)", os)
    if match:
        return f"Microsoft {os} (64-bit)"
    match = re.match(r"(Ubuntu) (\S+)", os)
    return "Ubuntu Linux (64-bit)" if match else f"{os} (64-bit)"


CMDB_HEADER = (
    "CI Name", "Class", "Serial Number", "FQDN", "IP Address", "Operating System", "CPU Count", "RAM (MB)",
    "Disk (GB)", "Application", "Owner", "Owner", "Environment", "Business Criticality", "Location", "Status",
    "Support Group", "Install Date", "Warranty End", "", "Comment",
)  # fmt: skip


def cmdb(maker: Maker) -> str:
    """Return the CMDB export: two lines above the header, a header twice, a nameless column, broken rows."""
    listed = [m for m in maker.machines if not (m.is_vm and maker.chance(0.07)) and m.role != "tmp"]
    rows = [_cmdb_row(maker, machine) for machine in listed]
    rows += [_cmdb_database(maker, row) for row in maker.applications if row["database"] and "db" in row["servers"]]
    rows += [_cmdb_phantom(maker, number) for number in range(1, 13)]
    order = maker.rng.permutation(len(rows))
    rows = [rows[at] for at in order]
    rows += [[*row[:1], *row[1:]] for row in rows[40:43]]
    for row in rows[-3:]:
        row[0] = str(row[0]).swapcase()
    _spoil(rows)
    text = _text([CMDB_HEADER, *rows], ";")
    return _tear(f"Quillhaven Mutual;CMDB extract;;\r\nCreated 15/03/2026 by the nightly job;;;\r\n{text}")


def _cmdb_row(maker: Maker, machine: Machine) -> list[object]:
    row = machine.application
    fill = _filler(maker)
    name = maker.pick(
        (machine.host, machine.host.upper(), machine.host, f"{machine.host}.{DOMAIN}", f" {machine.host} ")
    )
    known = machine.cpu > 0
    memory = machine.memory_gib // 2 if machine.is_vm and maker.chance(0.04) else machine.memory_gib
    return [
        name, machine.ci_class, "" if machine.is_vm else machine.serial, fill(machine.fqdn, 0.25),
        fill(machine.ip, 0.1), fill(machine.os, 0.04), machine.cpu if known else "",
        f"{memory * 1024:,}" if known else "",
        f"{machine.disk_gib:,}" if machine.disk_gib else "", fill(_application_name(maker, row), 0.06),
        fill(_owner(row, "business") if row else "", 0.15), fill(_owner(row, "it") if row else maker.person()[0], 0.12),
        fill(maker.pick(ENVIRONMENT_WORDS[machine.environment]), 0.08),
        fill(maker.pick(CRITICALITY_WORDS[row["criticality"] if row else "Medium"]), 0.1),
        fill(SITES[machine.site][1], 0.05), "Operational" if machine.powered else "Non-Operational",
        f"{(row or {}).get('unit', 'IT Operations')} support", machine.created.strftime("%d/%m/%Y"),
        "" if machine.is_vm else maker.day(2025, 2028).isoformat(), "", machine.purpose if maker.chance(0.2) else "",
    ]  # fmt: skip


def _filler(maker: Maker) -> Callable[[str, float], str]:
    return lambda value, share: maker.pick(FILLERS) if not value or maker.chance(share) else value


def _application_name(maker: Maker, row: dict[str, str] | None) -> str:
    if row is None:
        return ""
    return maker.pick((row["name"], row["name"], row["name"], row["name"].upper(), row["name"].replace(" ", "-")))


def _owner(row: dict[str, str], sort: str) -> str:
    """Return the same made-up person for an application each time, without drawing a random number."""
    at = sum(map(ord, row["code"] + sort))
    return f"{FIRST[at % len(FIRST)]} {LAST[at // 3 % len(LAST)]}"


def _cmdb_database(maker: Maker, row: dict[str, str]) -> list[object]:
    return [
        f"{row['code']}_PRD", "Database", "", "", "", "", "", "", "", row["name"], _owner(row, "business"),
        _owner(row, "it"), "Production", maker.pick(CRITICALITY_WORDS[row["criticality"]]), "Northgate campus",
        "Operational", "Database support", maker.day(2014, 2023).strftime("%d/%m/%Y"), "", "", row["database"],
    ]  # fmt: skip


def _cmdb_phantom(maker: Maker, number: int) -> list[object]:
    """A machine that the CMDB still lists although it is gone."""
    return [
        f"qhn-old{number:02d}", "Server", f"QH00{number:05d}", "", "", "Windows Server 2003", 2, "4,096", "72", "N/A",
        "unknown", "tbd", "Prod", "Low", "Northgate campus", "Retired", "IT Operations support",
        maker.day(2006, 2009).strftime("%d/%m/%Y"), "", "", "to be removed from the CMDB",
    ]  # fmt: skip


def _spoil(rows: list[list[object]]) -> None:
    """Put single cells in that cannot be read, and one comment over two lines."""
    rows[11][7], rows[23][6], rows[37][17] = "lots", "four", "31/02/2019"
    rows[52][8], rows[61][8] = "2 x 500 GB", "1,5 TB"
    rows[70][20] = "Memory was raised twice,\nsee change calendar"


def _tear(text: str) -> str:
    """Break five rows as a hand edit does: comments with a bare semicolon, and one row cut off."""
    lines = text.split("\r\n")
    for at in (33, 88, 141, 210):
        lines[at] += "; moved; see ticket"
    lines[260] = lines[260][: len(lines[260]) // 3].rsplit(";", 1)[0]
    return "\ufeff" + "\r\n".join(lines)


REGISTER_HEADER = (
    "Application ID", "Application Name", "Description", "Business Service", "Application Type", "Vendor",
    "Technology Stack", "Business Owner", "IT Owner", "Business Unit", "Status", "Business Criticality", "DR Tier",
    "RTO", "RPO", "Data Classification", "Compliance", "Users", "Internet Facing", "Go-live", "Planned Decommission",
    "Annual Cost", "Depends On", "Notes",
)  # fmt: skip


def register(maker: Maker) -> str:
    """Return the application register: times with and without units, costs as text, one application twice."""
    rows = [_register_row(maker, number, row) for number, row in enumerate(maker.applications, 1)]
    double = list(rows[1])
    double[0], double[1], double[17] = "APP-0901", str(double[1]).upper() + "  ", "n/a"
    nameless = ["APP-0902" if at == 0 else "" for at in range(len(REGISTER_HEADER))]
    nameless[0], nameless[23] = "", "row started but never filled"
    return _text([REGISTER_HEADER, *rows, double, nameless])


def _register_row(maker: Maker, number: int, row: dict[str, str]) -> list[object]:
    needs = "; ".join(maker.by_code[code]["name"] for code in row["needs"].split(";") if code)
    users = row["users"] if row["users"] != "0" or row["status"] == "Inactive" else ""
    return [
        f"APP-{number:04d}", row["name"], f"{row['service']} for {row['unit']}", row["service"], row["type"],
        row["vendor"] if row["vendor"] != "In-house" else "", row["technology"], _owner(row, "business"),
        _owner(row, "it"), row["unit"], row["status"], row["criticality"], row["dr_tier"],
        _hours(maker, row["rto_hours"]), _hours(maker, row["rpo_hours"]), row["data_class"], row["compliance"], users,
        "Yes" if "Internet facing" in row["notes"] else "No", maker.day(2004, 2022).strftime("%d.%m.%Y"),
        row["retirement"], f"€ {int(maker.rng.integers(4, 900)) * 1000:,}" if maker.chance(0.85) else "tbd", needs,
        row["notes"],
    ]  # fmt: skip


def _hours(maker: Maker, hours: str) -> str:
    value = float(hours)
    if value < 1:
        return f"{int(value * 60)} min"
    if value % 24 == 0 and maker.chance(0.4):
        return f"{int(value // 24)} days"
    return f"{hours} h" if maker.chance(0.3) else hours


FLOW_HEADER = (
    "Source Server", "Source IP", "Destination Server", "Destination IP", "Destination Port", "Protocol", "Process",
    "Connections",
)  # fmt: skip


def dependencies(maker: Maker) -> str:
    """Return observed flows: those of the applications, noise of the infrastructure, and hosts nobody knows."""
    by_application: dict[str, list[Machine]] = {}
    for machine in maker.machines:
        if machine.application is not None:
            by_application.setdefault(f"{machine.application['code']} {machine.environment}", []).append(machine)
    flows = [flow for group in by_application.values() for flow in _inside(maker, group)]
    for row in maker.applications:
        for code in filter(None, row["needs"].split(";")):
            flows += _between(maker, by_application, row["code"], code)
    flows += _noise(maker) + _unknown(maker)
    order = maker.rng.permutation(len(flows))
    return _text([FLOW_HEADER, *(flows[at] for at in order)])


def _inside(maker: Maker, group: list[Machine]) -> list[list[object]]:
    of_role = {role: [m for m in group if m.role == role] for role in ("web", "app", "db")}
    chain = [role for role in ("web", "app", "db") if of_role[role]]
    return [
        _flow(maker, caller, called)
        for first, second in pairwise(chain)
        for caller in of_role[first]
        for called in of_role[second]
    ]


def _between(maker: Maker, groups: dict[str, list[Machine]], code: str, needed: str) -> list[list[object]]:
    callers = [m for m in groups.get(f"{code} production", []) if m.role != "db"]
    called = [m for m in groups.get(f"{needed} production", []) if m.role != "db"]
    if not callers or not called:
        return []
    pairs = 2 + int(maker.rng.integers(3))
    return [_flow(maker, _one(maker, callers), _one(maker, called)) for _ in range(pairs)]


def _noise(maker: Maker) -> list[list[object]]:
    flows = []
    for machine in maker.machines:
        if machine.application is not None and machine.environment == "production":
            for port, protocol, prefix in (NOISE[int(at)] for at in maker.rng.integers(len(NOISE), size=3)):
                server = _one(maker, [m for m in maker.machines if m.role == prefix])
                flows.append(_flow(maker, machine, server, (port, protocol, "")))
    return flows


def _unknown(maker: Maker) -> list[list[object]]:
    flows = []
    production = [m for m in maker.machines if m.application is not None and m.environment == "production"]
    for number in range(24):
        flow = _flow(maker, _one(maker, production), _one(maker, production), (443, "tcp", ""))
        flow[2], flow[3] = ("", f"203.0.113.{number + 5}") if number % 2 else (f"legacy-gw{number:02d}", "192.0.2.77")
        flows.append(flow)
    return flows


def _one(maker: Maker, machines: Sequence[Machine]) -> Machine:
    return machines[int(maker.rng.integers(len(machines)))]


def _flow(maker: Maker, caller: Machine, called: Machine, service: tuple[int, str, str] | None = None) -> list[object]:
    port, protocol, process = service or (*_service(called), "")
    shown = caller.fqdn if maker.chance(0.3) else caller.host.upper() if maker.chance(0.3) else caller.host
    return [
        shown, caller.ip, called.host, called.ip, port, protocol.upper() if maker.chance(0.2) else protocol, process,
        f"{int(maker.rng.integers(1, 9000)):,}",
    ]  # fmt: skip


def _service(called: Machine) -> tuple[int, str]:
    if called.role == "db" and called.application is not None:
        engine = called.application["database"].split(" ")[0]
        return DATABASE_PORTS.get(engine, SERVICE_PORTS["db"])[0], "tcp"
    return SERVICE_PORTS.get(called.role, (8080, ""))[0], "tcp"


def exports(seed: int = SEED) -> dict[str, bytes]:
    """Return the four exports by file name; the same seed gives the same bytes."""
    maker = Maker(seed)
    made = {
        "vsphere_vms.csv": vsphere(maker),
        "cmdb_servers.csv": cmdb(maker),
        "application_register.csv": register(maker),
        "dependencies.csv": dependencies(maker),
    }
    return {name: text.encode("utf-8") for name, text in made.items()}


def main() -> None:
    """Write the four exports beside this file."""
    for name, content in exports().items():
        (HERE / name).write_bytes(content)


if __name__ == "__main__":
    main()
