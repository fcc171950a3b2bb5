"""Everything that can be set from outside, in one object: environment variables, then `.env`, then the defaults."""

from __future__ import annotations

import getpass
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PositiveInt, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from platform_core.domain.reading import ReadLimits
from platform_core.errors import BadInput

PROJECT_ROOT = Path(__file__).resolve().parent.parent
MEBIBYTE = 1024 * 1024
SQLITE_FILE = "sqlite:///"


def _version() -> str:
    with (PROJECT_ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _account_name() -> str:
    """Return the name of the account the process runs under; "analyst" where the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "analyst"


def _from_root(path: str | Path) -> Path:
    return (PROJECT_ROOT / path).resolve()


class Settings(BaseSettings):
    """What an operator can change; each name is documented in docs/settings.md.

    Relative paths count from the project root, whatever folder the process was started in.
    """

    model_config = SettingsConfigDict(
        env_file=PROJECT_ROOT / ".env",
        env_file_encoding="utf-8",
        case_sensitive=True,
        extra="ignore",  # the environment and .env belong to other programs too
        frozen=True,
        hide_input_in_errors=True,  # an address may hold a password
    )

    VERSION: ClassVar[str] = _version()

    PROJECT_NAME: str = "AI Modernize Migration Platform"
    VAR_DIR: Path = Path("var")
    DATABASE_URL: str = Field(default="", repr=False)
    DATABASE_ECHO: bool = False
    FILES_URL: str = Field(default="", repr=False)
    API_V1_STR: str = Field(default="/api/v1", pattern=r"^(/[A-Za-z0-9_-]+)+$")
    BACKEND_CORS_ORIGINS: Annotated[tuple[str, ...], NoDecode] = ()
    REQUIRE_LOGIN: bool = False
    ANALYST_NAME: str = Field(default_factory=_account_name, min_length=1)
    MAX_UPLOAD_MB: PositiveInt = ReadLimits().max_bytes // MEBIBYTE
    MAX_ROWS: PositiveInt = ReadLimits().max_rows
    MAX_COLUMNS: PositiveInt = ReadLimits().max_columns
    MAX_CELL_LENGTH: PositiveInt = ReadLimits().max_cell_length
    EMBEDDED_WORKER: bool = True
    RUNS_PER_WORKER: PositiveInt = 2
    RUNS_AT_ONCE: PositiveInt = 8
    AGENT_RUNS_PER_WORKER: PositiveInt = 8
    AGENT_RUNS_AT_ONCE: PositiveInt = 40
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("BACKEND_CORS_ORIGINS", mode="before")
    @classmethod
    def _split_at_commas(cls, origins: Any) -> Any:
        if isinstance(origins, str):
            return tuple(origin.strip().rstrip("/") for origin in origins.split(",") if origin.strip())
        return origins

    @model_validator(mode="before")
    @classmethod
    def _place_files(cls, given: Any) -> Any:
        """Anchor every path at the project root, and put database and files under VAR_DIR unless told otherwise."""
        var = _from_root(given.get("VAR_DIR") or "var")
        database = given.get("DATABASE_URL") or f"{SQLITE_FILE}{var / 'workbench.db'}"
        files = given.get("FILES_URL") or str(var / "files")
        return {**given, "VAR_DIR": var, "DATABASE_URL": _anchored_database(database), "FILES_URL": _anchored(files)}

    @property
    def queue_url(self) -> str:
        """Where the queue of runs is kept: beside a SQLite database, in a schema of its own inside any other."""
        if not self.is_one_process:
            return self.DATABASE_URL
        database = Path(self.DATABASE_URL.removeprefix(SQLITE_FILE))
        if database.name == ":memory:":
            database = self.VAR_DIR / "workbench.db"
        return f"{SQLITE_FILE}{database.with_name(f'{database.stem}-queue.db')}"

    @property
    def is_one_process(self) -> bool:
        """Whether the pages are served by this process alone, as a SQLite database wants it."""
        return self.DATABASE_URL.startswith(SQLITE_FILE)

    @property
    def read_limits(self) -> ReadLimits:
        """The most an uploaded file may hold, as the reader wants it."""
        return ReadLimits(
            max_bytes=self.MAX_UPLOAD_MB * MEBIBYTE,
            max_rows=self.MAX_ROWS,
            max_columns=self.MAX_COLUMNS,
            max_cell_length=self.MAX_CELL_LENGTH,
        )


def _anchored_database(url: str) -> str:
    """Return `url` with the path of a SQLite file made absolute; other addresses as they are."""
    if url.startswith(SQLITE_FILE) and not url.endswith(":memory:"):
        return f"{SQLITE_FILE}{_from_root(url.removeprefix(SQLITE_FILE))}"
    return url


def _anchored(address: str) -> str:
    """Return a plain path made absolute; addresses with a scheme (s3://…) as they are."""
    return address if "://" in address else str(_from_root(address))


@cache
def settings() -> Settings:
    """Return the settings of this process, read once.

    Raises BadInput naming the settings that cannot be used, never their values.
    """
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}))
        raise BadInput(
            f"These settings cannot be used: {names}.", hint="docs/settings.md says what each takes."
        ) from error
