"""Mentions as inventories spell them, and the product and cycle they stand for."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.lifecycle import all_support_in, load_products, support_of
from platform_core.reference import DATA

PRODUCTS = load_products(DATA)

EXACT = """
Windows Server 2012 R2 Standard | windows-server | 2012-r2
Microsoft Windows Server 2012 R2 (64-bit) | windows-server | 2012-r2
Windows Server 2012 Datacenter | windows-server | 2012
Microsoft Windows Server 2008 R2 (64-bit) | windows-server | 2008-r2-sp1
W2K8 R2 | windows-server | 2008-r2-sp1
Win2k12 | windows-server | 2012
Win2016 | windows-server | 2016
Windows 2019 Datacenter | windows-server | 2019
Windows Server 2022 Datacenter: Azure Edition | windows-server | 2022
Windows Server, version 1809 | windows-server | 1809-sac
windows9Server64Guest | windows-server | 2016
windows2019srv_64Guest | windows-server | 2019
CentOS Linux 7 (Core) 3.10.0-1160.el7.x86_64 | centos | 7
Linux x 5.15.0-1053-azure #61~20.04.1-Ubuntu SMP | ubuntu | 20.04
Microsoft SQL Server 2012 - 11.0.5343.0 (X64) | mssqlserver | 11.0-sp2
Windows 11 Enterprise, version 23H2 | windows | 11-23h2-e
Windows NT 4.0 | windows-nt-server | 4.0
Windows 7 Enterprise SP1 | windows | 7-sp1
Windows XP Professional | windows | 5-sp3
Red Hat Enterprise Linux 7 (64-bit) | rhel | 7
Red Hat Enterprise Linux Server release 7.9 (Maipo) | rhel | 7
RHEL 8.6 | rhel | 8
rhel7_64Guest | rhel | 7
CentOS 6.10 | centos | 6
CentOS Linux release 7.9.2009 (Core) | centos | 7
CentOS Stream 9 | centos-stream | 9
Rocky Linux 9.3 | rocky-linux | 9
Oracle Linux 7.9 | oracle-linux | 7
oracleLinux7_64Guest | oracle-linux | 7
SUSE Linux Enterprise Server 12 SP5 | sles | 12.5
SLES12SP3 | sles | 12.3
SLES 11.4 | sles | 11.4
Ubuntu Linux 20.04 | ubuntu | 20.04
Ubuntu 16.04.7 LTS | ubuntu | 16.04
Debian GNU/Linux 9 (64-bit) | debian | 9
Amazon Linux 2 | amazon-linux | 2
Amazon Linux AMI 2018.03 | amazon-linux | 2018.03
AIX 7.2 TL5 | ibm-aix | 7.2.5
IBM i 7.3 | ibm-i | 7.3
OS/400 V5R4 | ibm-i | 5.4
Solaris 10 | oracle-solaris | 10
SunOS 5.10 | oracle-solaris | 10
Oracle Solaris 11.4 | oracle-solaris | 11.4
HP-UX B.11.31 | hp-ux | 11.31
HP-UX 11i v3 | hp-ux | 11.31
z/OS V2R3 | z-os | 2.3
VMware ESXi 6.7.0 build-14320388 | vmware-esxi | 6.7
Microsoft SQL Server 2014 (RTM-CU1) | mssqlserver | 12.0
Microsoft SQL Server 2014 (SP3-CU4) (KB4500181) - 12.0.6329.1 (X64) | mssqlserver | 12.0-sp3
Microsoft SQL Server 2012 (SP4) Standard | mssqlserver | 11.0-sp4
MSSQL 2019 | mssqlserver | 15.0
Oracle 11.2 | oracle-database | 11.2
Oracle 19c | oracle-database | 19
Oracle Database 11g Enterprise Edition Release 11.2.0.4.0 - 64bit Production | oracle-database | 11.2
Oracle 12.1.0.2 | oracle-database | 12.1
postgres 9.6 | postgresql | 9.6
PostgreSQL 13.4 | postgresql | 13
MySQL 5.7.44 | mysql | 5.7
DB2 UDB v9.7 | ibm-db2 | 9.7
Apache Tomcat 9.0.71 | tomcat | 9.0
Apache 2.4.6 | apache-http-server | 2.4
WebSphere MQ 7.5 | ibm-mq | 7.5
WebSphere 8.5.5 | websphere-application-server | 8.5
WebLogic 10.3.6 | weblogic | 10.3.6
JBoss EAP 7.2 | red-hat-jboss-eap | 7
ASP.NET Core 3.1 | dotnet | 3.1
.NET Framework 4.5 | dotnetfx | 4.5
Oracle JDK 1.8.0_201 | oracle-jdk | 8
PHP 7.0 | php | 7.0
nginx/1.18.0 | nginx | 1.18
Exchange 2013 | msexchange | 2013
SAP ECC 6.0 EHP7 | sap-ecc | 6.0-ehp6-8
SAP S/4HANA 1909 | sap-s4hana | 1909
"""

SEVERAL_CYCLES = [
    ("Windows Server 2003", "windows-server"),
    ("SQL Server 2016 Enterprise Edition", "mssqlserver"),
    ("SUSE Linux Enterprise 15 (64-bit)", "sles"),
    ("Oracle Solaris 11 (64-bit)", "oracle-solaris"),
    ("Oracle 12c", "oracle-database"),
    ("AIX 7.1", "ibm-aix"),
    ("MySQL 8", "mysql"),
]

NO_VERSION = [
    ("Microsoft Windows Server 2016 or later (64-bit)", "windows-server"),
    ("CentOS 4/5/6/7 (64-bit)", "centos"),
    ("Oracle Linux 4/5 or later (64-bit)", "oracle-linux"),
    ("Windows Server 2012/2016", "windows-server"),
    ("Ubuntu Linux (64-bit)", "ubuntu"),
    ("SQL Server", "mssqlserver"),
]

NOT_A_KNOWN_PRODUCT = [
    "Other 3.x or later Linux (64-bit)",
    "Windows",
    "Linux",
    "Red Hat Satellite 6.5",
    "Oracle 8",
    "Oracle VM 3.4",
    "Oracle E-Business Suite 12.1",
    "Oracle HTTP Server 12c",
    "Java 8",
    "Apache 2",
    "Apache Spark 3",
    "JBoss AS 5",
    "exchange co-location",
    "Cisco IOS 15",
    "unknown",
    "N/A",
    "",
]


@pytest.mark.parametrize("row", EXACT.strip().splitlines())
def test_a_mention_with_a_version_gives_its_product_and_cycle(row: str) -> None:
    text, product, cycle = (part.strip() for part in row.split("|"))
    support = support_of(text, PRODUCTS)
    assert support is not None
    assert (support.product, support.cycle, support.exact) == (product, cycle, True)


@pytest.mark.parametrize(("text", "product"), SEVERAL_CYCLES)
def test_a_mention_that_fits_several_cycles_names_none_and_gives_the_latest_possible_end(
    text: str, product: str
) -> None:
    support = support_of(text, PRODUCTS)
    assert support is not None
    assert (support.product, support.cycle, support.exact) == (product, None, False)
    assert support.has_dates


@pytest.mark.parametrize(("text", "product"), NO_VERSION)
def test_an_open_ended_or_missing_version_stays_unknown(text: str, product: str) -> None:
    support = support_of(text, PRODUCTS)
    assert support is not None
    assert (support.product, support.version, support.cycle, support.end) == (product, None, None, None)


@pytest.mark.parametrize("text", NOT_A_KNOWN_PRODUCT)
def test_what_is_not_known_is_not_guessed(text: str) -> None:
    assert support_of(text, PRODUCTS) is None


def test_every_product_of_a_stack_is_found_in_order() -> None:
    found = all_support_in("Tomcat 8.5, Oracle 12c on RHEL 7", PRODUCTS)
    assert [support.product for support in found] == ["tomcat", "oracle-database", "rhel"]


def rows_of(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("file", ["mentions_of_tools.csv", "more_mentions_of_tools.csv"])
def test_of_strings_as_tools_write_them_95_in_100_are_resolved_and_none_wrongly(file: str) -> None:
    rows = rows_of(file)
    found = [support_of(row["text"], PRODUCTS) for row in rows]
    resolved = [
        each is not None and (each.product, each.cycle or "") == (row["product"], row["cycle"])
        for row, each in zip(rows, found, strict=True)
    ]
    wrong = [
        row["text"]
        for row, each in zip(rows, found, strict=True)
        if each is not None and (each.product != row["product"] or (each.cycle or row["cycle"]) != row["cycle"])
    ]
    assert len(rows) > 50
    assert sum(resolved) >= 0.95 * len(rows)
    assert wrong == []


@pytest.mark.parametrize("text", [row["text"] for row in rows_of("mentions_without_dates.csv")])
def test_what_only_looks_like_a_product_gets_no_dates(text: str) -> None:
    assert [support.product for support in all_support_in(text, PRODUCTS) if support.has_dates] == []


@given(st.text(max_size=120))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert all(support.product in PRODUCTS.cycles for support in all_support_in(text, PRODUCTS))
