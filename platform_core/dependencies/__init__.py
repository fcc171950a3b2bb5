"""The dependency graph: resolution of names, hubs and noise, neighbourhood, components."""

from platform_core.dependencies.graph import ApplicationLink, Edge, Graph, Hub, Near, Neighbourhood
from platform_core.dependencies.noise import HubLimits, NoisePort, NoisePorts, load_noise_ports
from platform_core.dependencies.resolution import LISTED, resolve

__all__ = [
    "LISTED",
    "ApplicationLink",
    "Edge",
    "Graph",
    "Hub",
    "HubLimits",
    "Near",
    "Neighbourhood",
    "NoisePort",
    "NoisePorts",
    "load_noise_ports",
    "resolve",
]
