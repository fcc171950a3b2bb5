"""Everything that can be set from outside, in one object: environment variables, then `.env`, then the defaults."""

from __future__ import annotations

import getpass
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import unquote, urlsplit

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from platform_core.domain.model_calls import Budget, ModelEndpoint, Prices
from platform_core.domain.reading import ReadLimits
from platform_core.domain.retention import Retention
from platform_core.errors import BadInput

PROJECT_ROOT = Path(__file__).resolve().parent.parent
MEBIBYTE = 1024 * 1024
SQLITE_FILE = "sqlite:///"
DEEPINFRA_URL = "https://api.deepinfra.com/v1/openai"


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
    API_REQUESTS_PER_MINUTE: PositiveInt = 1_200
    API_MAX_BODY_MB: PositiveInt = 16
    API_SOCKETS: PositiveInt = 500
    REQUIRE_LOGIN: bool = False
    ORGANISATION_CLAIM: str = ""
    ANALYST_NAME: str = Field(default_factory=_account_name, min_length=1)
    MAX_UPLOAD_MB: PositiveInt = ReadLimits().max_bytes // MEBIBYTE
    MAX_ROWS: PositiveInt = ReadLimits().max_rows
    MAX_COLUMNS: PositiveInt = ReadLimits().max_columns
    MAX_CELL_LENGTH: PositiveInt = ReadLimits().max_cell_length
    KEEP_EVENTS_DAYS: PositiveInt | None = None
    KEEP_MODEL_TEXTS_DAYS: PositiveInt | None = None
    KEEP_ORIGINALS_DAYS: PositiveInt | None = None
    KEEP_ORPHANS_DAYS: PositiveInt | None = None
    KEEP_TOKENS_DAYS: PositiveInt | None = None
    EMBEDDED_WORKER: bool = True
    RUNS_PER_WORKER: PositiveInt = 2
    RUNS_AT_ONCE: PositiveInt = 8
    AGENT_RUNS_PER_WORKER: PositiveInt = 8
    AGENT_RUNS_AT_ONCE: PositiveInt = 40
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    LOG_FORMAT: Literal["text", "json"] = "text"
    CREWAI_ENABLED: bool = True
    DEEPINFRA_API_KEY: SecretStr = SecretStr("")
    DEEPINFRA_MODEL: str = Field(default="meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8", min_length=1)
    LLM_BASE_URL: str = Field(default="", pattern=r"^(https?://\S+)?$", repr=False)
    LLM_API_KEY: SecretStr = SecretStr("")
    LLM_MODEL: str = ""
    CREWAI_TEMPERATURE: float = Field(default=0.1, ge=0, le=2)
    CREWAI_MAX_TOKENS: int = Field(default=1_000, ge=16)
    LLM_CONTEXT_TOKENS: int = Field(default=16_384, ge=1_024)
    LLM_ATTEMPT_SECONDS: PositiveFloat = 30.0
    LLM_DEADLINE_SECONDS: PositiveFloat = 60.0
    LLM_CONCURRENCY: PositiveInt = 2
    LLM_REQUESTS_PER_MINUTE: PositiveInt = 60
    LLM_PRICE_PROMPT: NonNegativeFloat | None = None
    LLM_PRICE_COMPLETION: NonNegativeFloat | None = None
    LLM_CURRENCY: str = "USD"
    LLM_SHARED_COLUMNS: Annotated[tuple[str, ...], NoDecode] = ()
    AGENT_BUDGET_REQUESTS: NonNegativeInt = 40
    AGENT_BUDGET_TOKENS: NonNegativeInt = 250_000
    AGENT_BUDGET_SECONDS: PositiveFloat = 600.0
    AGENT_BUDGET_COST: NonNegativeFloat | None = None

    @field_validator("BACKEND_CORS_ORIGINS", mode="before")
    @classmethod
    def _split_at_commas(cls, origins: Any) -> Any:
        if isinstance(origins, str):
            return tuple(origin.strip().rstrip("/") for origin in origins.split(",") if origin.strip())
        return origins

    @field_validator("LLM_SHARED_COLUMNS", mode="before")
    @classmethod
    def _names_between_commas(cls, names: Any) -> Any:
        if isinstance(names, str):
            return tuple(name.strip() for name in names.split(",") if name.strip())
        return names

    @field_validator(
        *("LLM_PRICE_PROMPT", "LLM_PRICE_COMPLETION", "AGENT_BUDGET_COST"),
        *("KEEP_EVENTS_DAYS", "KEEP_MODEL_TEXTS_DAYS", "KEEP_ORIGINALS_DAYS", "KEEP_ORPHANS_DAYS", "KEEP_TOKENS_DAYS"),
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, figure: Any) -> Any:
        return None if figure == "" else figure

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
    def secrets(self) -> tuple[str, ...]:
        """What is set here and must not be shown to anybody: keys, and passwords in addresses."""
        passwords = (urlsplit(address).password for address in (self.DATABASE_URL, self.FILES_URL, self.LLM_BASE_URL))
        keys = (self.DEEPINFRA_API_KEY.get_secret_value(), self.LLM_API_KEY.get_secret_value())
        written = [each for each in (*passwords, *keys) if each]
        return tuple(dict.fromkeys((*written, *map(unquote, written))))

    @property
    def retention(self) -> Retention:
        """How long is kept what may be deleted one day."""
        return Retention(
            events_days=self.KEEP_EVENTS_DAYS,
            model_texts_days=self.KEEP_MODEL_TEXTS_DAYS,
            originals_days=self.KEEP_ORIGINALS_DAYS,
            orphans_days=self.KEEP_ORPHANS_DAYS,
            tokens_days=self.KEEP_TOKENS_DAYS,
        )

    @property
    def read_limits(self) -> ReadLimits:
        """The most an uploaded file may hold, as the reader wants it."""
        return ReadLimits(
            max_bytes=self.MAX_UPLOAD_MB * MEBIBYTE,
            max_rows=self.MAX_ROWS,
            max_columns=self.MAX_COLUMNS,
            max_cell_length=self.MAX_CELL_LENGTH,
        )

    @property
    def model_endpoint(self) -> ModelEndpoint | None:
        """The model that agents ask; None where none is configured, and then nothing is ever sent anywhere.

        An address of one's own is used with the key meant for it; DeepInfra's key never goes to another host.
        """
        own = bool(self.LLM_BASE_URL)
        if not self.CREWAI_ENABLED or not (own or self.DEEPINFRA_API_KEY.get_secret_value()):
            return None
        return ModelEndpoint(
            base_url=self.LLM_BASE_URL or DEEPINFRA_URL,
            model=(self.LLM_MODEL if own else "") or self.DEEPINFRA_MODEL,
            api_key=self.LLM_API_KEY if own else self.DEEPINFRA_API_KEY,
            temperature=self.CREWAI_TEMPERATURE,
            max_tokens=self.CREWAI_MAX_TOKENS,
            context_tokens=self.LLM_CONTEXT_TOKENS,
            attempt_seconds=self.LLM_ATTEMPT_SECONDS,
            deadline_seconds=self.LLM_DEADLINE_SECONDS,
            concurrency=self.LLM_CONCURRENCY,
            requests_per_minute=self.LLM_REQUESTS_PER_MINUTE,
            prices=Prices(
                prompt=self.LLM_PRICE_PROMPT, completion=self.LLM_PRICE_COMPLETION, currency=self.LLM_CURRENCY
            ),
        )

    @property
    def agent_budget(self) -> Budget:
        """The most a run of an agent may spend."""
        return Budget(
            requests=self.AGENT_BUDGET_REQUESTS,
            tokens=self.AGENT_BUDGET_TOKENS,
            seconds=self.AGENT_BUDGET_SECONDS,
            cost=self.AGENT_BUDGET_COST,
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
