"""What pages ask for that may take long, as ids and choices: enough to do it here and now, or later elsewhere."""

from __future__ import annotations

from platform_core.domain.agents import AgentName
from platform_core.domain.asset_decisions import Rule
from platform_core.domain.base import Frozen
from platform_core.domain.reading import ReadChoices
from platform_core.services.crew import Subject
from platform_core.services.plans import PlanWish


class ReadFile(Frozen):
    """Read an uploaded file whose bytes are in the file store under their digest, as the analyst says it is written."""

    migration_id: int
    name: str
    sha256: str
    size: int
    choices: ReadChoices = ReadChoices()


class ReadAgain(Frozen):
    """Read an import's file anew with the analyst's choices."""

    import_id: int
    choices: ReadChoices
    seen_version: int


class Apply(Frozen):
    """Make an import part of the inventory; `undecided` also uses what nobody decided.

    `replaces` is the import of an older export of the same source; `keeps_gone` keeps what only that one tells.
    """

    import_id: int
    undecided: bool
    seen_version: int
    replaces: int | None = None
    keeps_gone: bool = True


class Compare(Frozen):
    """Work out what applying an import would change; `state` tells the mapping and the inventory it is asked about."""

    import_id: int
    undecided: bool
    state: str


class ApplyAll(Frozen):
    """Apply every inventory that awaits review."""

    migration_id: int


class Withdraw(Frozen):
    """Take an import out of the inventory again."""

    import_id: int
    seen_version: int


class FindDuplicates(Frozen):
    """Look for assets that may be one thing."""

    migration_id: int


class MergeDuplicates(Frozen):
    """Merge every group of duplicates along pairs of probability `least` and above."""

    migration_id: int
    least: float


class SettleDuplicates(Frozen):
    """Build the inventory with what was decided about duplicates."""

    migration_id: int


class Repair(Frozen):
    """Decide rules over rows of an inventory, all or none."""

    migration_id: int
    rules: tuple[Rule, ...]
    reason: str


class TakeBack(Frozen):
    """Take a rule over rows back."""

    migration_id: int
    rule: int


class Undo(Frozen):
    """Take back the person's latest change, which is this entry of the trail."""

    migration_id: int
    entry: int


class MakePlan(Frozen):
    """Plan the waves of a migration."""

    migration_id: int
    wish: PlanWish


class LoadSamples(Frozen):
    """Load the sample portfolio into a migration that holds nothing yet."""

    migration_id: int


class AskAgent(Frozen):
    """Let an agent look at its subject; a worker asks the model where one is configured."""

    agent: AgentName
    subject: Subject


Request = (
    ReadFile
    | ReadAgain
    | Apply
    | Compare
    | Repair
    | TakeBack
    | Undo
    | ApplyAll
    | Withdraw
    | FindDuplicates
    | MergeDuplicates
    | SettleDuplicates
    | MakePlan
    | LoadSamples
    | AskAgent
)

REQUESTS: dict[str, type[Request]] = {
    "read_file": ReadFile,
    "read_again": ReadAgain,
    "apply": Apply,
    "compare": Compare,
    "apply_all": ApplyAll,
    "withdraw": Withdraw,
    "duplicates": FindDuplicates,
    "merge": MergeDuplicates,
    "settle": SettleDuplicates,
    "repair": Repair,
    "take_back": TakeBack,
    "undo": Undo,
    "plan": MakePlan,
    "sample": LoadSamples,
    "agent": AskAgent,
}
"""The jobs of `data/jobs/kinds.csv`, each with what it is asked for with."""
