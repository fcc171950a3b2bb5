"""Wiring: the store of this process and the engines' knowledge, each opened or read once."""

from __future__ import annotations

from functools import cache

from platform_core import lifecycle, mapping, risk, strategy
from platform_core.dependencies import NoisePorts, load_noise_ports
from platform_core.inventory import Vocabularies, load_vocabularies
from platform_core.lifecycle import Products
from platform_core.mapping import Knowledge
from platform_core.reference import DATA
from platform_core.risk import CostRule, Drivers
from platform_core.settings import settings
from platform_core.store import Store, UnitOfWork, open_store
from platform_core.strategy import Policy


def store() -> Store:
    """Return the store that the settings name."""
    chosen = settings()
    return open_store(chosen.DATABASE_URL, chosen.FILES_URL, echo=chosen.DATABASE_ECHO)


def unit_of_work() -> UnitOfWork:
    """Return a unit of work on the store that the settings name."""
    return store().unit_of_work()


@cache
def mapping_knowledge() -> Knowledge:
    """Return what the mapper knows."""
    return mapping.load_knowledge(DATA)


@cache
def vocabularies() -> Vocabularies:
    """Return the words the inventory normalises."""
    return load_vocabularies(DATA)


@cache
def products() -> Products:
    """Return the products with their end-of-support dates."""
    return lifecycle.load_products(DATA)


@cache
def policy() -> Policy:
    """Return the shipped 6R policy."""
    return strategy.load_policy(DATA)


@cache
def risk_drivers() -> Drivers:
    """Return the shipped risk drivers, mitigations and effort factors."""
    return risk.load_drivers(DATA)


@cache
def cost_rules() -> tuple[CostRule, ...]:
    """Return which quantities are paid for under which strategy."""
    return risk.load_cost_rules(DATA)


@cache
def noise_ports() -> NoisePorts:
    """Return the ports whose traffic says nothing about an application."""
    return load_noise_ports(DATA)
