"""What the engines know, each table read once in a process; nothing here needs the store."""

from __future__ import annotations

from functools import cache

from platform_core import lifecycle, mapping, risk, strategy
from platform_core.dependencies import Noise, load_noise
from platform_core.inventory import FaultKnowledge, Vocabularies, load_faults, load_vocabularies
from platform_core.inventory.duplicates import Knowledge as DuplicateKnowledge
from platform_core.inventory.duplicates import load_duplicate_knowledge
from platform_core.learning import HeaderKeys
from platform_core.lifecycle import Products
from platform_core.mapping import Knowledge
from platform_core.reference import DATA, catalogue
from platform_core.risk import CostRule, Drivers
from platform_core.strategy import Policy


@cache
def mapping_knowledge() -> Knowledge:
    """Return what the mapper knows."""
    return mapping.load_knowledge(DATA)


@cache
def header_keys() -> HeaderKeys:
    """Return how learning compares headers: as the mapper reads them."""
    lexicon = mapping_knowledge().lexicon
    return HeaderKeys(cache(mapping.header_key), cache(lambda header: mapping.header_meaning(header, lexicon)))


@cache
def vocabularies() -> Vocabularies:
    """Return the words the inventory normalises."""
    return load_vocabularies(DATA)


@cache
def duplicate_knowledge() -> DuplicateKnowledge:
    """Return what is known of names, fillers and weights when duplicates are looked for."""
    return load_duplicate_knowledge(DATA, vocabularies())


@cache
def fault_knowledge() -> FaultKnowledge:
    """Return the faults that rows of an inventory can have."""
    return load_faults(DATA, catalogue())


@cache
def products() -> Products:
    """Return the products with their end-of-support dates."""
    return lifecycle.load_products(DATA)


@cache
def policy() -> Policy:
    """Return the shipped 6R policy."""
    return strategy.load_policy(DATA)


def fact_label(key: str) -> str:
    """Return what people call a fact: as the field of an inventory that it is, else its key in words."""
    known = catalogue()
    return known[key].label if key in known else key.replace("_", " ").capitalize()


@cache
def risk_drivers() -> Drivers:
    """Return the shipped risk drivers, mitigations and effort factors."""
    return risk.load_drivers(DATA)


@cache
def cost_rules() -> tuple[CostRule, ...]:
    """Return which quantities are paid for under which strategy."""
    return risk.load_cost_rules(DATA)


@cache
def noise() -> Noise:
    """Return the shipped ports and processes whose traffic says nothing about an application."""
    return load_noise(DATA)
