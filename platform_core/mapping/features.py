"""What the ranker sees of a column: its words, its letters, and both in the light of the file around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from itertools import pairwise

from platform_core.domain.mapping import FileKind
from platform_core.mapping.names import Name

Features = dict[str, float]


class Part(IntEnum):
    """Which evidence a feature counts for."""

    NAME = 0
    FILE = 1


_SIBLINGS: Mapping[str, frozenset[str]] = {
    "vm": frozenset({"virtual_machine"}),
    "role": frozenset({"role"}),
    "hostname": frozenset({"hostname"}),
    "cluster": frozenset({"cluster"}),
    "application": frozenset({"application"}),
    "os": frozenset({"operating_system"}),
    "database": frozenset({"database"}),
    "source": frozenset({"source"}),
    "model": frozenset({"model"}),
    "server": frozenset({"server"}),
    "vulnerability": frozenset({"vulnerability", "cvss", "severity"}),
    "url": frozenset({"url"}),
    "owner": frozenset({"owner"}),
}
NO_MACHINES_INSIDE = "no virtual machines"
"""Said of a file whose headers never speak of virtual machines: "Host" is then the machine itself."""
NO_CLOUD_INSIDE = "no cloud"
"""Said of a file whose headers never speak of a cloud: "Region" and "Zone" are then places."""
MARKERS = (NO_MACHINES_INSIDE, NO_CLOUD_INSIDE)
_OF_CLOUDS = frozenset(
    {"cloud", "aws", "azure", "gcp", "oci", "ec2", "instance", "subscription", "account", "tenant", "vpc", "flavor"}
)
_OF_VIRTUAL_MACHINES = frozenset(
    {"virtual_machine", "vcpu", "power_state", "hypervisor", "guest", "vinfo", "vsphere", "esxi"}
)
_SIBLING_PAIRS: Mapping[str, frozenset[str]] = {
    "os version": frozenset({"operating_system", "version"}),
    "app name": frozenset({"application", "name"}),
    "server name": frozenset({"server", "name"}),
    "device type": frozenset({"device", "type"}),
}
_OF_THE_FILE = ("kind:", "kk:", "kw:", "s:")
_NUMBER = re.compile(r"\b\d+\b")
_KIND_MATTERS_FROM = 0.15


def siblings(names: Sequence[Name]) -> tuple[str, ...]:
    """Return the concepts among all headers of a file that change what short headers beside them mean."""
    words = {word for name in names for word in name.concepts}
    single = tuple(key for key, concepts in _SIBLINGS.items() if words & concepts)
    headers = [frozenset(name.concepts) for name in names]
    pairs = tuple(key for key, pair in _SIBLING_PAIRS.items() if any(pair <= header for header in headers))
    absent = [
        marker
        for marker, told_by in ((NO_MACHINES_INSIDE, _OF_VIRTUAL_MACHINES), (NO_CLOUD_INSIDE, _OF_CLOUDS))
        if not words & told_by
    ]
    return (*single, *pairs, *absent)


def column_features(name: Name, kinds: Mapping[FileKind, float], beside: Sequence[str]) -> Features:
    """Return the features of one column, scaled to unit length.

    Words weigh most, letter groups carry what no lexicon knows; each word also counts together with the file's
    kind (by its probability), and a short header together with what stands beside it. The prefix before ":" tells
    the part: the weights were chosen on the shipped gold set, tool families left out.
    """
    features = _name_features(name)
    for kind, probability in kinds.items():
        if probability >= _KIND_MATTERS_FROM:
            features[f"kind:{kind}"] = 0.3 * probability
            features[f"kk:{kind}|{name.key}"] = 0.8 * probability
            for word in name.concepts:
                features[f"kw:{kind}|{word}"] = 0.6 * probability
    if len(name.concepts) <= 2:
        features.update({f"s:{sibling}|{name.key}": 0.8 if sibling in MARKERS else 0.5 for sibling in beside})
    length = sum(value * value for value in features.values()) ** 0.5
    return {key: value / length for key, value in features.items()}


def part_of(feature: str) -> Part:
    """Tell whether a feature speaks of the header alone or of the file around it."""
    return Part.FILE if feature.startswith(_OF_THE_FILE) else Part.NAME


def file_features(names: Sequence[Name]) -> Features:
    """Return the features of a whole file for telling its kind: the words and whole headers it uses."""
    features: Features = {}
    for name in names:
        features[f"k:{name.key}"] = 1.0
        for word in name.concepts:
            features[f"w:{word}"] = 0.5
    length = sum(value * value for value in features.values()) ** 0.5 or 1.0
    return {key: value / length for key, value in features.items()}


def _name_features(name: Name) -> Features:
    words = name.concepts
    features: Features = {f"w:{word}": 1.0 for word in words}
    features.update({f"b:{first} {second}": 0.7 for first, second in pairwise(words)})
    if words:
        features[f"f:{words[0]}"] = 0.5
        features[f"l:{words[-1]}"] = 0.7
    features[f"k:{name.key}"] = 1.2
    features.update({f"c:{group}": 0.15 for group in _letter_groups(name.key)})
    features.update({f"p:{group}": 0.12 for group in _letter_groups(_NUMBER.sub("#", name.plain))})
    features[f"len:{min(len(words), 5)}"] = 0.3
    return features


def _letter_groups(text: str) -> dict[str, None]:
    """Return the groups of three and four letters, each once, in an order that no hash seed changes."""
    bounded = f"<{text}>"
    return dict.fromkeys(bounded[start : start + size] for size in (3, 4) for start in range(len(bounded) - size + 1))
