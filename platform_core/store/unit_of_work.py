"""One transaction at a time, with the repositories that work inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from platform_core.domain.organisations import Reach
from platform_core.errors import Conflict, Unavailable
from platform_core.store.database import Ways
from platform_core.store.files import Files
from platform_core.store.reach import session_for
from platform_core.store.repositories.access import Answers, Tokens
from platform_core.store.repositories.agents import Calls, Proposals, Tasks
from platform_core.store.repositories.asset_decisions import AssetDecisions
from platform_core.store.repositories.asset_edits import AssetEdits
from platform_core.store.repositories.assets import Assets
from platform_core.store.repositories.audit import Audit
from platform_core.store.repositories.choices import Choices
from platform_core.store.repositories.corrections import Corrections
from platform_core.store.repositories.dependencies import Dependencies
from platform_core.store.repositories.duplicates import DuplicatePairs
from platform_core.store.repositories.events import Events
from platform_core.store.repositories.feedback import FeedbackEntries
from platform_core.store.repositories.imports import Imports
from platform_core.store.repositories.issues import Issues
from platform_core.store.repositories.leftovers import Leftovers
from platform_core.store.repositories.mappings import Mappings
from platform_core.store.repositories.migrations import Migrations
from platform_core.store.repositories.organisations import Organisations
from platform_core.store.repositories.plans import Plans
from platform_core.store.repositories.recommendations import Recommendations
from platform_core.store.repositories.risks import Risks
from platform_core.store.repositories.runs import Runs
from platform_core.store.repositories.snapshots import Snapshots
from platform_core.store.repositories.totals import Totals
from platform_core.store.repositories.views import Views
from platform_core.store.repositories.workers import Workers

Guard = Callable[["UnitOfWork"], None]
"""Called inside a transaction right before it is committed; raises to have nothing of it kept."""

LOST_RACES = frozenset({"23505", "40001", "40P01"})
"""PostgreSQL's SQLSTATEs for a duplicate key, a row that was changed since it was seen, and a deadlock it resolved."""


class UnitOfWork:
    """A transaction on the store for one organisation: `with work:` writes, `with work.reading():` only reads.

    Nothing is kept unless `commit()` is called inside the block. The repositories exist inside a block only.
    One unit of work serves one thread; it can be entered again after it was left, but not nested: only a reading block
    may hold others, which then see its moment.
    """

    organisations: Organisations
    migrations: Migrations
    imports: Imports
    mappings: Mappings
    corrections: Corrections
    assets: Assets
    asset_decisions: AssetDecisions
    asset_edits: AssetEdits
    snapshots: Snapshots
    views: Views
    dependencies: Dependencies
    duplicates: DuplicatePairs
    issues: Issues
    recommendations: Recommendations
    risks: Risks
    choices: Choices
    plans: Plans
    feedback: FeedbackEntries
    audit: Audit
    runs: Runs
    workers: Workers
    tasks: Tasks
    calls: Calls
    proposals: Proposals
    tokens: Tokens
    answers: Answers
    events: Events
    totals: Totals
    leftovers: Leftovers

    def __init__(self, ways: Ways, files: Files, reach: Reach, guard: Guard | None = None) -> None:
        self._ways = ways.within(reach)
        self._reach = reach
        self._guard = guard
        self._session: Session | None = None
        self._reads = False
        self.files = files

    def __enter__(self) -> UnitOfWork:
        """Begin a transaction that may write."""
        self._open(self._ways.writing)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Undo whatever was not committed, and say lost races and a silent database in the person's words."""
        self._close()
        _say(error)

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """Begin a transaction that only reads, all as of one moment: it never waits for a writer.

        Inside a block of its kind it goes on with that one's transaction.
        """
        if self._reads:
            yield self
            return
        self._open(self._ways.reading)
        self._reads = True
        try:
            yield self
        except OperationalError as error:
            raise _no_answer() from error
        finally:
            self._reads = False
            self._close()

    @contextmanager
    def supposing(self) -> Iterator[UnitOfWork]:
        """Begin a transaction that writes to see what follows, all as of one moment, and keeps nothing of it.

        Raises Conflict where somebody else changed one of the rows at the same moment.
        """
        self._open(self._ways.supposing)
        try:
            yield self
        except (StaleDataError, DBAPIError) as error:
            _say(error)
            raise
        finally:
            self._close()

    def commit(self) -> None:
        """Keep everything done so far; raises Conflict when somebody else changed one of the rows first."""
        try:
            if self._guard is not None:
                self._guard(self)
            self._now().commit()
        except (StaleDataError, DBAPIError) as error:
            _say(error)
            raise

    def flush(self) -> None:
        """Send pending changes to the database, so that new rows have their numbers."""
        self._now().flush()

    def _now(self) -> Session:
        if self._session is None:
            raise RuntimeError("The unit of work was used outside its block.")
        return self._session

    def _open(self, engine: Engine) -> None:
        if self._session is not None:
            raise RuntimeError("The unit of work was entered twice.")
        session = session_for(self._reach, engine)
        self._session = session
        self.organisations = Organisations(session)
        self.migrations = Migrations(session)
        self.imports = Imports(session)
        self.mappings = Mappings(session)
        self.corrections = Corrections(session)
        self.assets = Assets(session)
        self.asset_decisions = AssetDecisions(session)
        self.asset_edits = AssetEdits(session)
        self.snapshots = Snapshots(session, self.files)
        self.views = Views(session)
        self.dependencies = Dependencies(session)
        self.duplicates = DuplicatePairs(session)
        self.issues = Issues(session)
        self.recommendations = Recommendations(session)
        self.risks = Risks(session)
        self.choices = Choices(session)
        self.plans = Plans(session)
        self.feedback = FeedbackEntries(session)
        self.audit = Audit(session)
        self.runs = Runs(session)
        self.workers = Workers(session)
        self.tasks = Tasks(session)
        self.calls = Calls(session)
        self.proposals = Proposals(session)
        self.tokens = Tokens(session)
        self.answers = Answers(session)
        self.events = Events(session)
        self.totals = Totals(session)
        self.leftovers = Leftovers(session)

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()


def _say(error: BaseException | None) -> None:
    """Raise what an error of the database means to the person; does nothing where it means nothing to them."""
    if _lost_race(error):
        raise _changed_meanwhile() from error
    if isinstance(error, OperationalError):
        raise _no_answer() from error


def _lost_race(error: BaseException | None) -> bool:
    """Tell whether somebody else was faster: a stale version, a name or number just taken, rows locked crosswise."""
    if isinstance(error, DBAPIError):
        taken = isinstance(error, IntegrityError) and "UNIQUE" in str(error.orig)
        return taken or getattr(error.orig, "sqlstate", "") in LOST_RACES
    return isinstance(error, StaleDataError)


def _changed_meanwhile() -> Conflict:
    return Conflict(
        "Somebody else changed this at the same moment.", hint="Nothing of yours was written; look again and repeat."
    )


def _no_answer() -> Unavailable:
    return Unavailable("The database does not answer.", hint="Nothing was changed; try again in a moment.")
