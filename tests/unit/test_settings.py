"""Settings: where they come from, how paths are anchored, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_core.domain.reading import ReadLimits
from platform_core.errors import BadInput
from platform_core.settings import PROJECT_ROOT, Settings, settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hide what this machine has set, in the environment and in .env."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_database_and_files_lie_under_var_in_the_project_unless_told_otherwise() -> None:
    chosen = Settings()
    assert chosen.VAR_DIR == PROJECT_ROOT / "var"
    assert f"sqlite:///{PROJECT_ROOT / 'var' / 'workbench.db'}" == chosen.DATABASE_URL
    assert str(PROJECT_ROOT / "var" / "files") == chosen.FILES_URL


def test_another_var_folder_takes_database_and_files_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    assert f"sqlite:///{tmp_path / 'workbench.db'}" == Settings().DATABASE_URL
    assert str(tmp_path / "files") == Settings().FILES_URL


def test_relative_paths_count_from_the_project_wherever_the_process_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///data/own.db")
    monkeypatch.setenv("FILES_URL", "own/files")
    assert f"sqlite:///{PROJECT_ROOT / 'data' / 'own.db'}" == Settings().DATABASE_URL
    assert str(PROJECT_ROOT / "own" / "files") == Settings().FILES_URL


@pytest.mark.parametrize(
    ("name", "address"),
    [("DATABASE_URL", "postgresql://ada:secret@db/workbench"), ("FILES_URL", "s3://bucket/workbench")],
)
def test_an_address_elsewhere_stays_as_it_is(monkeypatch: pytest.MonkeyPatch, name: str, address: str) -> None:
    monkeypatch.setenv(name, address)
    assert getattr(Settings(), name) == address


def test_the_addresses_are_not_shown_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada:secret@db/workbench")
    assert "secret" not in repr(Settings())


def test_what_must_not_be_shown_is_known_in_every_way_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada:se%40cret@db/workbench")
    monkeypatch.setenv("DEEPINFRA_API_KEY", "deep-secret")
    assert Settings().secrets == ("se%40cret", "deep-secret", "se@cret")


def test_origins_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKEND_CORS_ORIGINS", "https://a.example/, https://b.example")
    assert Settings().BACKEND_CORS_ORIGINS == ("https://a.example", "https://b.example")


def test_the_limits_of_reading_follow_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().read_limits == ReadLimits()
    monkeypatch.setenv("MAX_UPLOAD_MB", "2")
    monkeypatch.setenv("MAX_COLUMNS", "7")
    assert Settings().read_limits == ReadLimits(max_bytes=2 * 1024 * 1024, max_columns=7)


def test_a_file_in_the_project_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("ANALYST_NAME=From the file\nMAX_ROWS=5\nSOMETHING_ELSE=1\n", encoding="utf-8")
    monkeypatch.setitem(Settings.model_config, "env_file", file)
    monkeypatch.setenv("MAX_ROWS", "6")
    assert (Settings().ANALYST_NAME, Settings().MAX_ROWS) == ("From the file", 6)


def test_without_a_login_the_analyst_has_a_name() -> None:
    assert Settings().ANALYST_NAME


def test_what_cannot_be_used_is_named_but_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_ROWS", "many secrets")
    monkeypatch.setenv("API_V1_STR", "no slash")
    with pytest.raises(BadInput, match=r"These settings cannot be used: API_V1_STR, MAX_ROWS\.") as refusal:
        settings()
    assert "many secrets" not in str(refusal.value)


def test_the_version_is_the_one_of_the_project_file() -> None:
    assert f'version = "{Settings.VERSION}"' in (PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_without_a_key_or_an_address_no_model_is_asked() -> None:
    assert Settings().model_endpoint is None


def test_a_key_for_deepinfra_is_all_it_takes_to_ask_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPINFRA_API_KEY", "deep-secret")
    endpoint = Settings().model_endpoint
    assert endpoint is not None
    assert endpoint.chat_url == "https://api.deepinfra.com/v1/openai/chat/completions"
    assert endpoint.model == "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8"
    assert not endpoint.is_loopback
    assert "deep-secret" not in repr(Settings()) + repr(endpoint)


def test_an_address_of_ones_own_gets_its_own_key_and_never_deepinfras(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPINFRA_API_KEY", "deep-secret")
    monkeypatch.setenv("LLM_BASE_URL", "http://localhost:11434/v1")
    monkeypatch.setenv("LLM_MODEL", "llama3.1")
    endpoint = Settings().model_endpoint
    assert endpoint is not None
    assert (endpoint.model, endpoint.api_key.get_secret_value()) == ("llama3.1", "")
    assert endpoint.is_loopback


def test_agents_can_be_kept_from_asking_whatever_else_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPINFRA_API_KEY", "deep-secret")
    monkeypatch.setenv("CREWAI_ENABLED", "false")
    assert Settings().model_endpoint is None


def test_prices_and_budgets_left_empty_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LLM_PRICE_PROMPT", "LLM_PRICE_COMPLETION", "AGENT_BUDGET_COST"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("DEEPINFRA_API_KEY", "deep-secret")
    endpoint = Settings().model_endpoint
    assert endpoint is not None
    assert endpoint.prices.cost(1_000, 1_000) is None
    assert Settings().agent_budget.cost is None
