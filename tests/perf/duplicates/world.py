"""Made machines, databases and applications of an organisation, with the names and numbers they really carry.

Names follow one scheme an application; environments, sites, nodes and replacements give the near misses of real
estates: db01 beside db02, app-prod-01 beside app-dev-01, one name at two sites, blades in one chassis, cloned UUIDs.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from platform_core.domain.inventory import AssetKind

SITES = (("nyc", "New York"), ("lon", "London"), ("fra", "Frankfurt"), ("sin", "Singapore"), ("ams", "Amsterdam"))
DOMAINS = ("corp.example.com", "corp.example.com", "dmz.example.net", "ad.example.org")
ENVIRONMENTS = (
    ("Production", ("prod", "prd", "p")),
    ("Development", ("dev", "d")),
    ("Test", ("test", "tst", "t")),
    ("Acceptance", ("uat", "qa", "u")),
    ("Disaster recovery", ("dr", "r")),
)
ROLES = ("app", "web", "db", "sql", "mq", "file", "etl", "proxy", "cache", "mail", "print", "batch", "api", "search")
SYSTEMS = (
    "Windows Server 2012 R2",
    "Windows Server 2016",
    "Windows Server 2019",
    "Red Hat Enterprise Linux 7",
    "Red Hat Enterprise Linux 8",
    "Ubuntu 22.04",
    "SUSE Linux Enterprise Server 12",
)
PETS = [
    "apollo",
    "athena",
    "hermes",
    "zeus",
    "hera",
    "mercury",
    "venus",
    "saturn",
    "jupiter",
    "neptune",
    "orion",
    "vega",
    "sirius",
    "rigel",
    "altair",
    "castor",
    "pollux",
    "gandalf",
    "frodo",
    "bilbo",
    "aragorn",
    "legolas",
    "gimli",
    "galadriel",
    "elrond",
    "asterix",
    "obelix",
    "miraculix",
    "idefix",
    "rhine",
    "danube",
    "thames",
    "tiber",
    "hudson",
    "mozart",
    "bach",
    "vivaldi",
    "chopin",
    "verdi",
    "puccini",
    "matterhorn",
    "eiger",
    "denali",
    "kilimanjaro",
    "everest",
    "lhotse",
]
SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ra",
    "ne",
    "to",
    "su",
    "vi",
    "pe",
    "dor",
    "gan",
    "fin",
    "cla",
    "mar",
    "tel",
    "bor",
    "lin",
    "sag",
    "qui",
    "zen",
    "pay",
    "led",
    "log",
    "crm",
    "hub",
    "net",
    "flo",
    "tra",
]
ENGINES = ("Oracle Database", "Microsoft SQL Server", "PostgreSQL", "MySQL")
MAKERS = (("Dell", "PowerEdge R740"), ("HPE", "ProLiant DL380 Gen10"), ("Lenovo", "ThinkSystem SR650"))


Stage = tuple[str, tuple[str, ...]]
Scheme = Callable[[str, str, Stage, tuple[str, str], int], str]


@dataclass(frozen=True)
class Thing:
    """What really exists: one machine, database or application. `former` is the name it had before it was renamed."""

    kind: AssetKind
    name: str
    application: str
    environment: str
    site: str = ""
    domain: str = ""
    addresses: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    mac: str = ""
    uuid: str = ""
    serial: str = ""
    tag: str = ""
    instance: str = ""
    os: str = ""
    cores: int = 0
    memory: int = 0
    disk: int = 0
    virtual: bool = True
    hypervisor: str = ""
    maker: tuple[str, str] = ("", "")
    owner: str = ""
    former: str = ""
    facts: dict[str, str] = field(default_factory=dict)


class World:
    """Draws things; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._address = 0
        self._tag = 100_000
        self._taken: dict[tuple[str, ...], int] = {}
        self._free: list[str] = []
        self._labels: set[str] = set()
        self._names_anew = False

    def things(self) -> Iterator[Thing]:
        """Yield the applications with their machines and databases, without end."""
        number = 0
        while True:
            number += 1
            yield from self._application(number)

    def _application(self, number: int) -> Iterator[Thing]:
        rng = self.rng
        code = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice((1, 2, 2, 3))))
        label = (
            f"{code.capitalize()} {rng.choice(('Portal', 'Ledger', 'Archive', 'Gateway', 'Planner', 'Desk', 'Suite'))}"
        )
        if rng.random() < 0.3:
            label += f" {rng.choice(('EMEA', 'US', '2', 'Next'))}"
        if label in self._labels:
            label += f" for {rng.choice(PETS).capitalize()} {number}"
        self._labels.add(label)
        owner = f"Owner {number % 211}"
        yield Thing(AssetKind.APPLICATION, label, label, "", owner=owner)
        scheme = rng.choice(_SCHEMES)
        site = rng.choice(SITES)
        stages = [ENVIRONMENTS[0], *rng.sample(ENVIRONMENTS[1:4], rng.randint(0, 2))]
        for stage in stages:
            yield from self._stage(scheme, code, label, stage, site, owner)
        if rng.random() < 0.12:
            twin = rng.choice([other for other in SITES if other != site])
            stage = rng.choice((ENVIRONMENTS[0], ENVIRONMENTS[4]))
            self._names_anew = rng.random() < 0.25
            yield from self._stage(scheme, code, label, stage, twin, owner)
            self._names_anew = False

    def _stage(
        self, scheme: Scheme, code: str, label: str, stage: Stage, site: tuple[str, str], owner: str
    ) -> Iterator[Thing]:
        rng = self.rng
        for role in rng.sample(ROLES, rng.choice((1, 1, 2, 3))):
            nodes = rng.choice((1, 1, 1, 2, 2, 3, 4, 8) if stage[0] == "Production" else (1, 1, 1, 2))
            tier = self._tier(label, stage[0], site, owner, nodes)
            start = self._next_number(scheme, code, stage[0], role)
            last = tier
            for node in range(start, start + nodes):
                last = self._machine(scheme(code, role, stage, site, node), tier, site)
                yield last
                if rng.random() < 0.02:
                    yield self._successor(last)
            if role in ("db", "sql"):
                yield self._database(last, code, label, stage[0], owner)

    def _tier(self, label: str, environment: str, site: tuple[str, str], owner: str, nodes: int) -> Thing:
        """Return what the machines of one tier have in common: a chassis, a shared address, at times a cloned UUID."""
        rng = self.rng
        virtual = rng.random() < 0.8
        return Thing(
            AssetKind.SERVER,
            "",
            label,
            environment,
            site[1],
            shared=(self._new_address(),) if nodes > 1 and rng.random() < 0.4 else (),
            serial=self._serial() if not virtual and nodes > 2 else "",
            os=rng.choice(SYSTEMS),
            cores=2 ** rng.randint(0, 4),
            memory=2 ** rng.randint(2, 7),
            disk=rng.choice((40, 60, 80, 100, 200, 500, 1000)),
            uuid=self._uuid() if virtual and nodes > 1 and rng.random() < 0.04 else "",
            virtual=virtual,
            owner=owner,
        )

    def _machine(self, name: str, tier: Thing, site: tuple[str, str]) -> Thing:
        rng = self.rng
        virtual = tier.virtual
        cloud = virtual and rng.random() < 0.12
        former = ""
        if rng.random() < 0.06:
            scheme, number = rng.choice(_SCHEMES), rng.randint(1, 60)
            former = scheme(rng.choice(PETS), rng.choice(ROLES), ENVIRONMENTS[0], site, number)
        self._tag += rng.randint(1, 3)
        return replace(
            tier,
            name=name,
            domain=rng.choice((*DOMAINS, f"{site[0]}.example.com", f"{site[0]}.example.com")),
            addresses=tuple(self._new_address() for _ in range(rng.choice((1, 1, 1, 2)))),
            mac=self._mac(),
            uuid=tier.uuid or self._uuid(),
            serial="" if virtual else (tier.serial or self._serial()),
            tag="" if virtual else f"AT{self._tag}",
            instance=f"i-0{rng.getrandbits(64):016x}" if cloud else "",
            hypervisor=f"esx{rng.randint(1, 60):02d}.{rng.choice(DOMAINS)}" if virtual and not cloud else "",
            maker=("VMware, Inc.", "VMware Virtual Platform") if virtual else rng.choice(MAKERS),
            former=former,
        )

    def _successor(self, old: Thing) -> Thing:
        """Return the machine that is to replace another one: its name with a suffix, all else its own."""
        rng = self.rng
        return replace(
            old,
            name=old.name + rng.choice(("-new", "new", "_n", "-mig")),
            addresses=(self._new_address(),),
            shared=(),
            mac=self._mac(),
            uuid=self._uuid(),
            serial="" if old.virtual else self._serial(),
            tag="",
            instance="",
            former="",
            os=rng.choice(SYSTEMS[2:]),
        )

    def _database(self, host: Thing, code: str, label: str, environment: str, owner: str) -> Thing:
        engine = self.rng.choice(ENGINES)
        return Thing(
            AssetKind.DATABASE,
            f"{code}_{self.rng.choice(('main', 'hist', 'stage', 'core'))}",
            label,
            environment,
            host.site,
            owner=owner,
            disk=self.rng.randint(5, 900),
            facts={"hostname": host.name, "database_engine": engine},
        )

    def _next_number(self, scheme: Scheme, code: str, *place: str) -> int:
        if self._names_anew and scheme not in (_pet, _numbered):
            return 1
        key = (scheme.__name__,) if scheme in (_pet, _numbered) else (code, *place)
        self._taken[key] = self._taken.get(key, 0) + 9
        return self._taken[key] - 8

    def _new_address(self) -> str:
        """Return an unused address, now and then that of a machine which exists as well: it was used again."""
        if self._free and self.rng.random() < 0.03:
            return self.rng.choice(self._free[-5000:])
        self._address += self.rng.choice((1, 1, 1, 2, 7))
        n = self._address
        self._free.append(f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}")
        return self._free[-1]

    def _mac(self) -> str:
        return "00:50:56:" + ":".join(f"{self.rng.getrandbits(8):02x}" for _ in range(3))

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def _serial(self) -> str:
        return "".join(self.rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(self.rng.choice((7, 10))))


def _dashed(code: str, role: str, stage: Stage, site: tuple[str, str], number: int) -> str:
    return f"{code}-{stage[1][0]}-{role}-{number:02d}"


def _by_site(code: str, role: str, stage: Stage, site: tuple[str, str], number: int) -> str:
    return f"{site[0]}-{code}{role}-{stage[1][0]}{number:02d}"


def _compact(code: str, role: str, stage: Stage, site: tuple[str, str], number: int) -> str:
    return f"{site[0]}{code[:5]}{role[:3]}{stage[1][-1]}{number:03d}"


def _short(code: str, role: str, stage: Stage, site: tuple[str, str], number: int) -> str:
    tail = "" if stage[0] == "Production" else stage[1][0]
    return f"{code}{role}{tail}{number}"


def _pet(code: str, role: str, stage: Stage, site: tuple[str, str], number: int) -> str:
    return f"{PETS[number % len(PETS)]}{number // len(PETS) or ''}"


def _numbered(code: str, role: str, stage: Stage, site: tuple[str, str], number: int) -> str:
    return f"srv{number:06d}"


_SCHEMES = (_dashed, _dashed, _by_site, _by_site, _compact, _compact, _short, _pet, _numbered)
