"""A small portfolio of three files, uploaded and applied like any other."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from platform_core.domain.identity import Identity
from platform_core.services import applying, imports, receiving, work
from platform_core.services.imports import ImportView
from platform_core.services.receiving import Received
from platform_core.store import Store
from platform_core.store.models import WorkerRow

ANA = Identity(name="Ana Example")

SERVERS = """\
Server Name,IP Address,Operating System,RAM (MB),CPUs,Application Name,Environment,Business Criticality,Support Group
web01,192.0.2.11,Windows Server 2012 R2,8192,4,Shop,PROD,Critical,Team Web
app01,192.0.2.12,Windows Server 2019,16384,8,Shop,PROD,Critical,Team Web
crm01,192.0.2.13,Red Hat Enterprise Linux 9,"32,768",8,CRM,PROD,High,Team Sales
dev01,192.0.2.14,Ubuntu 22.04,4096,2,CRM,DEV,Low,Team Sales
old01,192.0.2.15,Windows Server 2003,2048,1,Fax Archive,PROD,Low,Team Office
"""

APPLICATIONS = """\
Application Name,Purpose,Application Type,Business Owner,Business Unit,Business Criticality,Planned Decommission,Users
Shop,Web shop,Custom,Ada Example,Sales,Mission critical,,5000
CRM,Customer relations,COTS,Ben Example,Sales,High,,300
Fax Archive,Archive of faxes,COTS,Cy Example,Office,Low,2027-03-31,0
"""

FLOWS = """\
Source Server,Destination Server,Destination Port,Protocol
web01,app01,8443,TCP
app01,crm01,443,TCP
web01,nowhere.example,53,UDP
"""

Upload = Callable[[str, str], Received]


@pytest.fixture
def upload(store: Store, migration_id: int) -> Upload:
    def receive(name: str, text: str) -> Received:
        return receiving.receive(store, migration_id, name, BytesIO(text.encode()), ANA)

    return receive


@pytest.fixture
def uploaded(store: Store, migration_id: int, upload: Upload) -> list[ImportView]:
    for name, text in (("servers.csv", SERVERS), ("applications.csv", APPLICATIONS), ("flows.csv", FLOWS)):
        upload(name, text)
    return imports.listed(store.unit_of_work(), migration_id)


@pytest.fixture
def applied(store: Store, migration_id: int, uploaded: list[ImportView]) -> int:
    """A migration with the three files applied."""
    applying.apply_all(store, migration_id, ANA)
    return migration_id


@pytest.fixture
def everything_is_large(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker lives, and whatever can be left to it is."""
    unit = store.everywhere().unit_of_work()
    with unit:
        unit.workers.add(WorkerRow(id="w1", host="here", pid=1))
        unit.commit()
    large = {job: kind.model_copy(update={"in_request": 0}) for job, kind in work.kinds().items()}
    monkeypatch.setattr(work, "kinds", lambda: large)
