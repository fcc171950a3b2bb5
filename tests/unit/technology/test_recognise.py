from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.reference import DATA
from platform_core.technology import load_technologies, recognise

NAMES = load_technologies(DATA)


def entity_of(text: str) -> str | None:
    return recognise(text, NAMES).entity


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("WebSphere AS (WAS) 8.5.5", "Websphere Application Server (WAS)"),
        ("Win2k12 R2 Std", "Windows|Windows Server"),
        ("windows server 2016 datacenter", "Windows|Windows Server"),
        ("MS-SQL 2014", "MS SQL Server|*"),
        ("Microsoft SQL-Server", "MS SQL Server|*"),
        ("Postgre SQL", "PostgreSQL"),
        ("Red Hat Enterprise Linux 7.9", "Linux|Red Hat Enterprise Linux"),
        ("RHEL8", "Linux|Red Hat Enterprise Linux"),
        ("Oracle Databse 12c", "Oracle Database"),
        ("AS/400", "IBM i"),
        ("apache tomcat 9", "Apache Tomcat"),
        ("OpenJDK 11", "Java|Java Development Kit (JDK)"),
        ("DB2 UDB", "DB2"),
        ("Solaris 10", "Unix|BSD|SunOS"),
        ("k8s", "Kubernetes"),
    ],
)
def test_a_name_is_told_however_it_is_written(text: str, entity: str) -> None:
    assert entity_of(text) == entity


@pytest.mark.parametrize("text", ["", "   ", "…", "12345", "Customer care", "in progress", "Hans Müller", "unbekannt"])
def test_what_names_nothing_gets_no_name(text: str) -> None:
    assert entity_of(text) is None


def test_of_texts_that_name_nothing_at_most_two_in_a_hundred_are_taken_for_a_technology() -> None:
    path = Path(__file__).with_name("not_technologies.csv")
    with path.open(newline="", encoding="utf-8") as handle:
        texts = [row["text"] for row in csv.DictReader(handle)]
    taken = [text for text in texts if entity_of(text) is not None]
    assert len(texts) > 300
    assert len(taken) <= 0.02 * len(texts), taken


def test_a_mention_says_product_version_vendor_and_category() -> None:
    found = recognise("Oracle Database 12.2 EE", NAMES)
    assert (found.product, found.version, found.vendor, found.category) == (
        "Oracle Database",
        "12.2",
        "Oracle",
        "database",
    )


@pytest.mark.parametrize(("text", "version"), [("OS/2", None), ("DB2", None), ("Tomcat", None), ("RHEL7", "7")])
def test_a_number_that_belongs_to_the_name_is_no_version(text: str, version: str | None) -> None:
    assert recognise(text, NAMES).version == version


def test_every_shipped_spelling_names_its_entity_or_one_that_is_spelled_the_same() -> None:
    with (DATA / "technology" / "aliases.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    wrong = Counter(row["entity"] for row in rows if recognise(row["alias"], NAMES).entity not in {row["entity"]})
    assert wrong.total() <= 0.05 * len(rows), wrong.most_common(10)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_an_answer_with_ranked_probabilities(text: str) -> None:
    found = recognise(text, NAMES)
    shares = [option.confidence for option in found.alternatives]
    assert found.text == text
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)
    assert found.entity is None or found.entity == found.alternatives[0].entity


@given(st.sampled_from([entity.product for entity in NAMES.entities]))
@settings(max_examples=100, deadline=None)
def test_case_changes_nothing(product: str) -> None:
    assert entity_of(product.upper()) == entity_of(product.lower())
