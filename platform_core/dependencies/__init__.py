"""The dependency graph: resolution of names, hubs and noise, neighbourhood, components."""

from platform_core.dependencies.decisions import Decided, as_dependency, identity, settle, verdict_on_seen
from platform_core.dependencies.directory import (
    NAME_FIELDS,
    NAMING_FIELDS,
    filed_under,
    folded,
    forms_of,
    means_itself,
    meant_by,
)
from platform_core.dependencies.graph import ApplicationLink, Edge, Graph, Near, Neighbourhood
from platform_core.dependencies.hubs import Hub, Served
from platform_core.dependencies.noise import OWN, HubLimits, Noise, NoisePort, NoiseProcess, load_noise
from platform_core.dependencies.resolution import LISTED, resolve, resolved, sameness, settle_ends

__all__ = [
    "LISTED",
    "NAME_FIELDS",
    "NAMING_FIELDS",
    "OWN",
    "ApplicationLink",
    "Decided",
    "Edge",
    "Graph",
    "Hub",
    "HubLimits",
    "Near",
    "Neighbourhood",
    "Noise",
    "NoisePort",
    "NoiseProcess",
    "Served",
    "as_dependency",
    "filed_under",
    "folded",
    "forms_of",
    "identity",
    "load_noise",
    "means_itself",
    "meant_by",
    "resolve",
    "resolved",
    "sameness",
    "settle",
    "settle_ends",
    "verdict_on_seen",
]
