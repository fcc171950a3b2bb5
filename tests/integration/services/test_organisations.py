"""Who belongs to which organisation, and what crosses over from one to the other: nothing."""

from __future__ import annotations

import pytest

from platform_core.domain.access import Scope
from platform_core.domain.identity import Identity
from platform_core.domain.organisations import DEFAULT
from platform_core.errors import BadInput, Forbidden, NotFound
from platform_core.services import access, feedback, learning, migrations, organisations
from platform_core.store import Store

OPERATOR = Identity(name="Operator")
ANA = Identity(name="Ana", email="ana@northgate.example")


def southgate(store: Store) -> int:
    return organisations.add(store, "Southgate", OPERATOR).id


def test_where_there_is_one_organisation_it_is_everybodys(store: Store) -> None:
    assert organisations.of_person(store, Identity(name="whoever")).id == DEFAULT
    assert organisations.numbered(store, None) == DEFAULT
    assert organisations.only(store) == DEFAULT


def test_a_claim_counts_before_an_address_and_that_before_a_domain(store: Store) -> None:
    organisations.rename(store, "default", "Northgate", OPERATOR)
    other = southgate(store)
    organisations.assign(store, "Southgate", "@northgate.example", OPERATOR)
    assert organisations.of_person(store, ANA).id == other
    organisations.assign(store, "Northgate", " Ana@Northgate.example ", OPERATOR)
    assert organisations.of_person(store, ANA).id == DEFAULT
    claimed = ANA.model_copy(update={"organisation": "southgate"})
    assert organisations.of_person(store, claimed).id == other
    assert [view.people for view in organisations.listed(store)] == [
        ("ana@northgate.example",),
        ("@northgate.example",),
    ]


NOWHERE = (
    (Identity(name="Guest"), "everybody has to sign in"),
    (Identity(name="Bo", email="bo@elsewhere.example"), "You belong to none of the organisations"),
    (Identity(name="Bo", email="bo"), "You belong to none"),
    (ANA.model_copy(update={"organisation": "Westgate"}), "You belong to none"),
)


def test_whoever_belongs_nowhere_is_refused_in_words(store: Store) -> None:
    southgate(store)
    organisations.assign(store, "Southgate", "@northgate.example", OPERATOR)
    for who, told in NOWHERE:
        with pytest.raises(Forbidden, match=told):
            organisations.of_person(store, who)


def test_somebody_belongs_to_one_organisation_until_that_is_taken_back(store: Store) -> None:
    other = southgate(store)
    organisations.assign(store, "default", ANA.email, OPERATOR)
    assert organisations.assign(store, "Southgate", ANA.email, OPERATOR).people == (ANA.email,)
    assert organisations.of_person(store, ANA).id == other
    organisations.remove(store, ANA.email, OPERATOR)
    with pytest.raises(Forbidden):
        organisations.of_person(store, ANA)
    with pytest.raises(NotFound, match="belongs to no organisation"):
        organisations.remove(store, ANA.email, OPERATOR)


def test_what_is_no_address_and_no_domain_is_refused(store: Store) -> None:
    for person in ("", "ana", "@", "ana@", "a b@example.com", "a@b@example.com"):
        with pytest.raises(BadInput, match="no e-mail address"):
            organisations.assign(store, "default", person, OPERATOR)


def test_names_are_taken_once_whatever_the_case(store: Store) -> None:
    southgate(store)
    with pytest.raises(BadInput, match="already"):
        organisations.add(store, " SOUTHGATE ", OPERATOR)
    with pytest.raises(BadInput, match="cannot be called"):
        organisations.rename(store, "default", "southgate", OPERATOR)
    with pytest.raises(NotFound, match="no organisation called"):
        organisations.numbered(store, "Westgate")
    with pytest.raises(BadInput, match="--organisation"):
        organisations.numbered(store, None)


def test_a_token_opens_what_is_its_organisations(store: Store) -> None:
    other = southgate(store)
    for number in (DEFAULT, other):
        work = store.of(number).unit_of_work()
        secret = access.create(work, "board", Scope.READ, OPERATOR)[1]
        caller = access.caller(store, secret, is_local=False)
        assert caller is not None
        assert caller.organisation == number
        assert len(access.listed(work)) == 1


def test_nobody_is_let_in_without_a_token_where_several_share_the_workbench(store: Store) -> None:
    assert access.caller(store, None, is_local=True) is not None
    southgate(store)
    assert access.caller(store, None, is_local=True) is None


def test_what_two_migrations_agree_on_stays_within_their_organisation(store: Store) -> None:
    other = southgate(store)
    for number, names in ((DEFAULT, ("One", "Two")), (other, ("Three",))):
        work = store.of(number).unit_of_work()
        for name in names:
            migration = migrations.create(work, name, ANA).id
            if number == DEFAULT:
                said = feedback.give(work, migration, ANA, page="mapping", text="Zorblat should map to Memory (GB)")
                feedback.confirm(work, said.id, ANA, seen_version=said.version)
    own = store.unit_of_work()
    third = migrations.create(own, "Fourth", ANA).id
    assert "zorblat" in learning.export_mappings(own, third).lower(), "two migrations agree: it is the organisation's"
    foreign = store.of(other).unit_of_work()
    theirs = migrations.listed(foreign)[0].id
    assert "zorblat" not in learning.export_mappings(foreign, theirs).lower()
