"""What the sources of an inventory say about things that exist: each in its own words, with its own gaps and errors."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from platform_core.domain.inventory import Asset, AssetKind, SourceRow, Value
from tests.perf.duplicates.world import Thing, World

TODAY = date(2026, 11, 1)
PLACEHOLDER_SERIALS = ("To be filled by O.E.M.", "0", "None", "Default string", "System Serial Number", "Not Specified")
ADDRESSES_OF_ALL = ("127.0.0.1", "169.254.12.7", "192.168.122.1", "172.17.0.1")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
Values = dict[str, Value]


@dataclass(frozen=True)
class Truth:
    """An inventory with what each asset really is: `thing_of` gives the number of the thing behind each asset."""

    assets: list[Asset]
    thing_of: list[int]


def make(assets: int, seed: int) -> Truth:
    """Return about `assets` assets as six sources describe them; the same seed gives the same inventory."""
    world = World(seed)
    rng = random.Random(seed * 7919 + 1)
    found, thing_of = list[Asset](), list[int]()
    lines = dict.fromkeys(range(1, 7), 1)
    for number, thing in enumerate(world.things()):
        for source, values in _seen(thing, rng):
            lines[source] += 1
            found.append(_asset(thing.kind, values, source, lines[source]))
            thing_of.append(number)
        if len(found) >= assets:
            break
    order = list(range(len(found)))
    rng.shuffle(order)
    return Truth(_keyed([found[at] for at in order]), [thing_of[at] for at in order])


def _seen(thing: Thing, rng: random.Random) -> Iterator[tuple[int, Values]]:
    if thing.kind is not AssetKind.SERVER:
        yield 1, _named(thing, rng, typed=False)
        if rng.random() < 0.35:
            yield 4, _named(thing, rng, typed=True)
        return
    chances: list[tuple[int, float, Callable[[Thing, random.Random], Values]]] = [
        (1, 0.6, _cmdb),
        (2, 0.45 if thing.virtual and not thing.instance else 0.0, _vcenter),
        (3, 0.4, _scan),
        (4, 0.22, _sheet),
        (5, 0.9 if thing.instance else 0.0, _cloud),
        (6, 0.2, _monitoring),
    ]
    drawn = [(source, view) for source, chance, view in chances if rng.random() < chance]
    for source, view in drawn or [(1, _cmdb)]:
        yield source, view(thing, rng)
        if source == 1 and rng.random() < 0.015:
            yield source, _cmdb(thing, rng)  # entered twice


def _cmdb(thing: Thing, rng: random.Random) -> Values:
    renamed = thing.former and rng.random() < 0.6
    name = thing.former if renamed else thing.name
    values: Values = {
        "asset_name": _case(name, rng),
        "application_name": thing.application,
        "environment": thing.environment,
        "location": thing.site,
        "os_name": _system(thing, rng),
        "cpu_cores": thing.cores,
        "memory_gb": float(thing.memory),
        "storage_gb": float(thing.disk),
        "is_virtual": thing.virtual,
        "technical_owner": thing.owner,
    }
    if rng.random() < 0.6:
        values["serial_number"] = _serial(thing, rng)
    if thing.tag:
        values["asset_tag"] = thing.tag
    if rng.random() < 0.7:
        values["ip_address"] = _addresses(thing, rng, stale=0.08)
    if rng.random() < 0.3:
        values["fqdn"] = f"{name}.{thing.domain}"
    if rng.random() < 0.06:
        values["memory_gb"] = float(thing.memory * 2)
    return _thinned(values, rng, 0.05)


def _vcenter(thing: Thing, rng: random.Random) -> Values:
    shown = thing.name + (rng.choice((" (old)", "_clone", " - decommissioned", "_vm")) if rng.random() < 0.05 else "")
    values: Values = {
        "asset_name": _case(shown, rng),
        "uuid": _swapped(thing.uuid) if rng.random() < 0.3 else thing.uuid,
        "mac_address": thing.mac,
        "hypervisor_host": thing.hypervisor,
        "os_name": _system(thing, rng),
        "cpu_cores": thing.cores,
        "memory_gb": float(thing.memory),
        "storage_gb": thing.disk * rng.uniform(0.97, 1.3),
        "is_virtual": True,
        "power_state": "Powered on",
        "datacenter": thing.site,
    }
    if rng.random() < 0.7:
        values["ip_address"] = _addresses(thing, rng, stale=0.0)
        values["fqdn"] = f"{thing.name}.{thing.domain}"
    return _thinned(values, rng, 0.03)


def _scan(thing: Thing, rng: random.Random) -> Values:
    values: Values = {
        "hostname": _cut(thing.name) if rng.random() < 0.3 else thing.name,
        "ip_address": _addresses(thing, rng, stale=0.0),
        "mac_address": thing.mac.upper().replace(":", "-"),
        "os_name": _system(thing, rng),
        "last_seen": TODAY - timedelta(days=rng.randint(0, 20)),
        "cpu_cores": thing.cores,
        "memory_gb": float(thing.memory) - 0.4,
        "serial_number": _serial(thing, rng),
        "manufacturer": thing.maker[0],
        "model": thing.maker[1],
    }
    if rng.random() < 0.6:
        values["fqdn"] = f"{thing.name}.{thing.domain}"
    if rng.random() < 0.7:
        values["uuid"] = thing.uuid.upper()
    if rng.random() < 0.12:
        del values["hostname"]
        values.pop("fqdn", None)
        values["asset_name"] = thing.addresses[0]
    return _thinned(values, rng, 0.08)


def _sheet(thing: Thing, rng: random.Random) -> Values:
    name = thing.former if thing.former and rng.random() < 0.3 else thing.name
    values: Values = {
        "asset_name": _case(_typed(name, rng), rng),
        "application_name": thing.application,
        "environment": thing.environment,
        "technical_owner": thing.owner,
    }
    if rng.random() < 0.55:
        values["ip_address"] = (thing.addresses[0],)
    if thing.serial and rng.random() < 0.5:
        values["serial_number"] = _slip(thing.serial, rng) if rng.random() < 0.08 else thing.serial
    if rng.random() < 0.5:
        values["os_name"] = thing.os.split()[0]
    if rng.random() < 0.5:
        values["location"] = thing.site
    return values


def _cloud(thing: Thing, rng: random.Random) -> Values:
    values: Values = {
        "asset_id": thing.instance,
        "asset_name": thing.name if rng.random() < 0.8 else thing.instance,
        "ip_address": thing.addresses[:1],
        "cpu_cores": thing.cores,
        "memory_gb": float(thing.memory),
        "is_virtual": True,
        "cloud_region": "eu-west-1",
        "environment": thing.environment,
    }
    return _thinned(values, rng, 0.05)


def _monitoring(thing: Thing, rng: random.Random) -> Values:
    values: Values = {"hostname": f"{thing.name}.{thing.domain}", "ip_address": _addresses(thing, rng, stale=0.02)}
    if thing.instance and rng.random() < 0.6:
        values["asset_id"] = thing.instance
    if rng.random() < 0.5:
        values["os_name"] = _system(thing, rng)
    if rng.random() < 0.5:
        values["last_seen"] = TODAY - timedelta(days=rng.randint(0, 3))
    if rng.random() < 0.4:
        values["mac_address"] = thing.mac
    return values


def _named(thing: Thing, rng: random.Random, *, typed: bool) -> Values:
    """Return an application or database as a register lists it; typed by hand it has slips."""
    name = _typed(thing.name, rng) if typed else thing.name
    values: Values = {"application_name": thing.application, "technical_owner": thing.owner}
    if thing.kind is AssetKind.APPLICATION:
        return {"application_name": name, "business_owner": thing.owner}
    return (
        values
        | {"database_name": name, "environment": thing.environment, "database_size_gb": float(thing.disk)}
        | {
            key: (f"{value}.{thing.domain or 'corp.example.com'}" if key == "hostname" and typed else value)
            for key, value in thing.facts.items()
        }
    )


def _addresses(thing: Thing, rng: random.Random, *, stale: float) -> tuple[str, ...]:
    if rng.random() < stale:
        return (f"10.{rng.randint(200, 220)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}",)
    known = list(thing.addresses)
    if rng.random() < 0.6:
        known += thing.shared
    if rng.random() < 0.1:
        known.append(rng.choice(ADDRESSES_OF_ALL))
    if len(known) > 1 and rng.random() < 0.2:
        known.reverse()
    return tuple(known)


def _serial(thing: Thing, rng: random.Random) -> str:
    if thing.serial:
        return thing.serial if rng.random() < 0.97 else rng.choice(PLACEHOLDER_SERIALS)
    if rng.random() < 0.5:
        digits = thing.uuid.replace("-", "")
        pairs = [digits[at : at + 2] for at in range(0, 32, 2)]
        return f"VMware-{' '.join(pairs[:8])}-{' '.join(pairs[8:])}"
    return rng.choice(PLACEHOLDER_SERIALS)


def _system(thing: Thing, rng: random.Random) -> str:
    if rng.random() < 0.02:
        return "Other Linux (64-bit)"
    return f"Microsoft {thing.os} Standard" if "Windows" in thing.os and rng.random() < 0.4 else thing.os


def _case(name: str, rng: random.Random) -> str:
    return name.upper() if rng.random() < 0.4 else name


def _cut(name: str) -> str:
    return name[:15].upper()


def _typed(name: str, rng: random.Random) -> str:
    """Return a name as typed by hand: mostly right, else with other signs, other zeros, or a slip."""
    draw = rng.random()
    if draw < 0.55:
        return name
    if draw < 0.67:
        return name.replace("-", rng.choice(("", "_", " "))) if "-" in name else name
    if draw < 0.75:
        return name.replace("0", "", 1) if "-0" in name else name
    return _slip(name, rng)


def _slip(name: str, rng: random.Random) -> str:
    """Return a name with one letter left out, doubled, exchanged with its neighbour or mistyped; digits as O and l."""
    at = [place for place, sign in enumerate(name) if sign.isalpha()]
    if not at:
        return name
    place = rng.choice(at)
    kind = rng.randrange(5)
    if kind == 0:
        return name[:place] + name[place + 1 :]
    if kind == 1:
        return name[:place] + name[place] + name[place:]
    if kind == 2 and place + 1 < len(name) and name[place + 1].isalpha():
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    if kind == 3 and any(sign in "01" for sign in name):
        return name.replace("0", "O", 1) if "0" in name else name.replace("1", "l", 1)
    return name[:place] + rng.choice(LETTERS) + name[place + 1 :]


def _swapped(text: str) -> str:
    return str(uuid.UUID(bytes=uuid.UUID(text).bytes_le))


def _thinned(values: Values, rng: random.Random, share: float) -> Values:
    return {key: value for key, value in values.items() if key.endswith("name") or rng.random() > share}


def _asset(kind: AssetKind, values: Values, source: int, line: int) -> Asset:
    name = (
        values.get("asset_name") or values.get("hostname") or values.get("database_name") or values["application_name"]
    )
    return Asset("", kind, str(name), values, [SourceRow(source, line)], dict.fromkeys(values, 0))


def _keyed(assets: list[Asset]) -> list[Asset]:
    for number, asset in enumerate(assets):
        asset.key = f"{asset.kind}:{asset.name.casefold()}~{number}"
    return assets


def examples(truth: Truth, count: int) -> list[list[Asset]]:
    """Return the first `count` groups of assets that are the same thing, to look at."""
    groups: dict[int, list[Asset]] = {}
    for asset, thing in zip(truth.assets, truth.thing_of, strict=True):
        groups.setdefault(thing, []).append(asset)
    return list(islice((group for group in groups.values() if len(group) > 1), count))
