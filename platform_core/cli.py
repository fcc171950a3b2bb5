"""The terminal: the same use cases as the pages, on files, with one JSON document as the answer."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer

from platform_core.domain.access import Scope
from platform_core.errors import WorkbenchError

BAD_INPUT = 2
RULES_CONFLICT = 3

cli = typer.Typer(
    name="platform_core",
    help="The migration workbench from a terminal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The database's schema.", no_args_is_help=True)
cli.add_typer(db, name="db")
mappings = typer.Typer(help="Learned mappings, to and from another workbench.", no_args_is_help=True)
cli.add_typer(mappings, name="mappings")

lifecycle = typer.Typer(help="Dates on which support ends.", no_args_is_help=True)
cli.add_typer(lifecycle, name="lifecycle")

token = typer.Typer(help="Programs that may call the API.", no_args_is_help=True)
cli.add_typer(token, name="token")

organisation = typer.Typer(help="Organisations that share the workbench.", no_args_is_help=True)
cli.add_typer(organisation, name="organisation")

Files = Annotated[list[Path], typer.Argument(help="CSV or Excel files.", exists=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
OfOrganisation = Annotated[
    str | None, typer.Option("--organisation", help="The organisation's name; the only one by default.")
]


class Subject(StrEnum):
    """What the benchmark can measure."""

    MAPPING = "mapping"
    STRATEGY = "strategy"
    WAVES = "waves"
    INGEST = "ingest"
    AGENTS = "agents"


@cli.command("map")
def map_columns(
    files: Files,
    corrections: Annotated[
        Path | None, typer.Option(help="Corrections learned before: a JSON line each, or a field_mappings.json.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Suggest a field, or none, for every column of every file."""
    from platform_core.services import terminal

    answer = terminal.map_files(files, corrections)
    _print(answer, as_json, terminal.mapping_lines)


@cli.command()
def feedback(text: Annotated[str, typer.Argument(help="What is wrong, in words.")], *, as_json: AsJson = False) -> None:
    """Read corrections out of free text."""
    from platform_core.services import terminal

    _print(terminal.understand(text), as_json, terminal.feedback_lines)


@cli.command()
def inspect(file: Annotated[Path, typer.Argument(help="A CSV or Excel file.")], *, as_json: AsJson = False) -> None:
    """Tell how a file was read: dialect, encoding, header row, counts, quarantine."""
    from platform_core.services import terminal

    _print(terminal.inspect_file(file), as_json, terminal.inspect_lines)


@cli.command()
def analyze(
    files: Files,
    out: Annotated[Path, typer.Option(help="Folder for the results.")],
    rules: Annotated[Path | None, typer.Option(help="Planning rules (JSON).")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Do the whole main job: read, map, build the inventory, 6R, risk, dependencies, waves."""
    from platform_core.services import analysis

    _print(analysis.analyze(files, out, rules), as_json, analysis.summary_lines)


@cli.command()
def strategy(
    cases: Annotated[Path, typer.Argument(help='A JSON line a case: {"id", "facts": {…}}.')], *, as_json: AsJson = False
) -> None:
    """Recommend a strategy for each case."""
    from platform_core.services.cases import assess_cases, strategy_lines

    _print(assess_cases(cases), as_json, strategy_lines)


@cli.command()
def plan(
    assets: Annotated[Path, typer.Option(help="Assets (CSV).")],
    dependencies: Annotated[Path, typer.Option(help="Dependencies (CSV: dep_source, dep_target, weight).")],
    rules: Annotated[Path, typer.Option(help="Rules (JSON).")],
    seed: Annotated[int, typer.Option(help="Same seed, same plan.")] = 0,
    effort: Annotated[Literal["fast", "normal", "long"], typer.Option(help="How long to search.")] = "normal",
    previous: Annotated[Path | None, typer.Option(help="A former plan (JSON) to stay close to.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Plan waves; exit code 3 and the smallest conflicting set when the rules cannot all hold."""
    from platform_core.services import planning_files

    answer = planning_files.plan_files(assets, dependencies, rules, seed=seed, effort=effort, previous=previous)
    _print(answer, as_json, planning_files.plan_lines)
    if answer["conflicts"]:
        raise typer.Exit(RULES_CONFLICT)


@cli.command("normalize-technology")
def normalize_technology(
    file: Annotated[Path, typer.Argument(help="A text file, a mention a line.")], *, as_json: AsJson = False
) -> None:
    """Tell which product each mention of a technology names, with version, vendor and category."""
    from platform_core.services import technologies

    _print(technologies.normalize_file(file), as_json, technologies.mention_lines)


@lifecycle.command("refresh")
def refresh_lifecycle(
    file: Annotated[Path, typer.Argument(help="A table (.csv) or product list (.json) of end-of-support dates.")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day on which the dates were taken; today.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take newer dates of ends of support and show what changed."""
    from platform_core.services import support_dates

    _print(support_dates.refresh_dates(file, (as_of or datetime.now(UTC)).date()), as_json, support_dates.refresh_lines)


@cli.command()
def benchmark(
    subjects: Annotated[list[Subject] | None, typer.Argument(help="What to measure; the engines by default.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Measure the project's own figures on its shipped labelled data.

    "agents" compares the engines with what the configured model adds, so it sends requests where one is.
    """
    from platform_core.services import scoreboard

    chosen = subjects or [subject for subject in Subject if subject is not Subject.AGENTS]
    _print(scoreboard.measure([str(s) for s in chosen]), as_json, scoreboard.lines)


@cli.command()
def worker(
    *,
    child: Annotated[bool, typer.Option("--child", help="End with the process that started it.", hidden=True)] = False,
) -> None:
    """Carry out what the pages leave to workers, until SIGTERM."""
    from platform_core.services.workers import run_worker

    run_worker(child=child)


@db.command()
def upgrade() -> None:
    """Bring the database to the newest schema."""
    from platform_core.settings import settings
    from platform_core.store import upgrade as upgrade_schema

    upgrade_schema(settings().DATABASE_URL)
    typer.echo("The schema is up to date.", err=True)


@token.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="What it is used for; the trail of changes names it.")],
    scope: Annotated[Scope, typer.Option(help="How much it allows; each includes those before it.")] = Scope.READ,
    days: Annotated[int | None, typer.Option(min=1, help="After how many days it ends; never by default.")] = None,
    organisation: OfOrganisation = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Create a token for a program; from the first one on the API asks everybody for one."""
    from platform_core.services import access

    _print(access.create_here(name, scope, days, organisation), as_json, access.created_lines)


@token.command("list")
def list_tokens(organisation: OfOrganisation = None, *, as_json: AsJson = False) -> None:
    """List the tokens, without their secrets."""
    from platform_core.services import access

    _print(access.list_here(organisation), as_json, access.listed_lines)


@token.command("revoke")
def revoke_token(
    name: Annotated[str, typer.Argument(help="The token's name.")],
    organisation: OfOrganisation = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Let a token open nothing any more."""
    from platform_core.services import access

    _print(access.revoke_here(name, organisation), as_json, access.revoked_lines)


@organisation.command("add")
def add_organisation(
    name: Annotated[str, typer.Argument(help="The organisation's name.")], *, as_json: AsJson = False
) -> None:
    """Let another organisation share the workbench; from the second one on everybody has to sign in."""
    from platform_core.services import organisations

    _print(organisations.add_here(name), as_json, organisations.lines)


@organisation.command("list")
def list_organisations(*, as_json: AsJson = False) -> None:
    """List the organisations with the people and domains that belong to each."""
    from platform_core.services import organisations

    _print(organisations.list_here(), as_json, organisations.lines)


@organisation.command("rename")
def rename_organisation(
    name: Annotated[str, typer.Argument(help='Its present name; the first one is called "default".')],
    to: Annotated[str, typer.Argument(help="Its new name.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Give an organisation another name."""
    from platform_core.services import organisations

    _print(organisations.rename_here(name, to), as_json, organisations.lines)


@organisation.command("assign")
def assign_to_organisation(
    name: Annotated[str, typer.Argument(help="The organisation's name.")],
    person: Annotated[str, typer.Argument(help="ana@example.com, or @example.com for everybody there.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Let a person or a whole domain belong to an organisation, and to no other."""
    from platform_core.services import organisations

    _print(organisations.assign_here(name, person), as_json, organisations.lines)


@organisation.command("remove")
def remove_from_organisation(
    person: Annotated[str, typer.Argument(help="ana@example.com, or @example.com.")], *, as_json: AsJson = False
) -> None:
    """Let a person or domain belong to no organisation any more."""
    from platform_core.services import organisations

    _print(organisations.remove_here(person), as_json, organisations.removed_lines)


@mappings.command("export")
def export_mappings(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("field_mappings.json"),
    migration: Annotated[
        str | None, typer.Option(help="The migration's name; the one changed last by default.")
    ] = None,
    organisation: OfOrganisation = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Write what a migration has learned about columns to a file."""
    from platform_core.services import exchange

    _print(exchange.export_file(out, migration, organisation), as_json, exchange.export_lines)


@mappings.command("import")
def import_mappings(
    file: Annotated[Path, typer.Argument(help="A field_mappings.json.")],
    migration: Annotated[
        str | None, typer.Option(help="The migration's name; the one changed last by default.")
    ] = None,
    organisation: OfOrganisation = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take over what another workbench has learned; it counts for the whole organisation."""
    from platform_core.services import exchange

    _print(exchange.import_file(file, migration, organisation), as_json, exchange.import_lines)


@cli.command("migrate-store")
def migrate_store(
    to: Annotated[str, typer.Option(help="Address of an empty database: postgresql://… or sqlite:///….")],
    files_to: Annotated[
        str | None, typer.Option(help="Address of the place for the files; by default they stay where they are.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Copy the database, and the files where asked, to other addresses and compare both sides."""
    from platform_core.services import moving

    def told(table: str, rows: int) -> None:
        typer.echo(f"{table}: {rows:,} rows", err=True)

    _print(moving.move_here(to, files_to, told), as_json, moving.move_lines)


@cli.command()
def backup(
    to: Annotated[Path, typer.Option(help="A new folder.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write database and files into a folder while work goes on, and compare both sides."""
    from platform_core.services import backups

    _print(backups.back_up(to), as_json, backups.lines)


@cli.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="The folder of a backup.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into the empty database and place for files of the settings."""
    from platform_core.services import backups

    _print(backups.restore(folder), as_json, backups.lines)


@cli.command()
def prune(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be deleted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete what is past any use, and what the settings `KEEP_…_DAYS` let go."""
    from platform_core.services import pruning

    _print(pruning.prune_here(dry=dry_run), as_json, pruning.lines)


def main() -> NoReturn:
    """Run a command; whatever it refuses becomes one line on stderr and exit code 2."""
    from platform_core.logging import configure

    configure("WARNING")
    try:
        cli(standalone_mode=True)
    except WorkbenchError as error:
        typer.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    sys.exit(0)


def _print(answer: dict[str, Any], as_json: bool, lines: Any) -> None:
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False, default=str) + "\n")
    else:
        for line in lines(answer):
            typer.echo(line)
