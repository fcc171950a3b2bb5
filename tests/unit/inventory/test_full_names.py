"""Full DNS names from a host column and a domain column."""

from __future__ import annotations

import pytest

from platform_core.domain.inventory import IssueKind
from tests.unit.inventory.tables import Spec, build, findings, mapped

HEADERS = ["Name", "Domain", "FQDN"]
MAPPING: list[Spec] = ["hostname", "fqdn", "fqdn"]


def test_host_and_domain_make_the_full_name_where_none_is_given() -> None:
    rows = [("web01", "corp.example.com", ""), ("web02", "corp.example.com", "www.example.com")]
    built = build(mapped(MAPPING, *rows, headers=HEADERS))
    assert [asset.values["fqdn"] for asset in built.assets] == ["web01.corp.example.com", "www.example.com"]
    assert built.issues == []


def test_a_host_that_is_a_full_name_already_needs_no_domain() -> None:
    (asset,) = build(mapped(MAPPING, ("web01.example.com", "corp.example.com", ""), headers=HEADERS)).assets
    assert "fqdn" not in asset.values


@pytest.mark.parametrize(("host", "domain"), [("web01", "WORKGROUP"), ("web 01", "corp.example.com")])
def test_what_makes_no_dns_name_is_reported_with_its_text(host: str, domain: str) -> None:
    built = build(mapped(["asset_name", "fqdn"], (host, domain), headers=["Name", "Domain"]))
    assert "fqdn" not in built.assets[0].values
    assert findings(built) == [(IssueKind.UNREADABLE, "fqdn", 2, domain)]


def test_without_a_domain_there_is_no_full_name_and_nothing_to_report() -> None:
    built = build(mapped(["hostname", "fqdn"], ("web01", ""), headers=["Name", "Domain"]))
    assert "fqdn" not in built.assets[0].values
    assert built.issues == []
