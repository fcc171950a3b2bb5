"""How this workbench is set up, as the settings page shows it: to whoever runs it everything, else what binds them."""

from __future__ import annotations

from typing import Final

from sqlalchemy.engine import make_url

from platform_core.services import organisations
from platform_core.settings import settings
from platform_core.store import Store

OF_EVERY_ORGANISATION: Final = (
    "VERSION",
    "PROJECT_NAME",
    "API_V1_STR",
    "API_REQUESTS_PER_MINUTE",
    "API_MAX_BODY_MB",
    "MAX_UPLOAD_MB",
    "MAX_ROWS",
    "MAX_COLUMNS",
    "MAX_CELL_LENGTH",
    "KEEP_EVENTS_DAYS",
    "KEEP_MODEL_TEXTS_DAYS",
    "KEEP_ORIGINALS_DAYS",
    "KEEP_ORPHANS_DAYS",
    "KEEP_TOKENS_DAYS",
    "CREWAI_ENABLED",
    "LLM_SHARED_COLUMNS",
    "LLM_PRICE_PROMPT",
    "LLM_PRICE_COMPLETION",
    "LLM_CURRENCY",
    "AGENT_BUDGET_REQUESTS",
    "AGENT_BUDGET_TOKENS",
    "AGENT_BUDGET_SECONDS",
    "AGENT_BUDGET_COST",
)
"""What an organisation may do here, how long its data are kept, which of them may leave and what that costs.

Addresses, keys, people, processes and logs are matters of whoever runs the workbench for several organisations.
"""


def shown(store: Store) -> list[tuple[str, str]]:
    """Return (setting, value) as far as the organisation at the keyboard may know; keys and passwords are masked.

    Where there is one organisation that is every setting, else `OF_EVERY_ORGANISATION`.
    """
    values = _all()
    return [(name, values[name]) for name in OF_EVERY_ORGANISATION] if is_shared(store) else list(values.items())


def is_shared(store: Store) -> bool:
    """Tell whether several organisations share this workbench."""
    return organisations.only(store) is None


def _all() -> dict[str, str]:
    chosen = settings()
    values = {name: getattr(chosen, name) for name in type(chosen).model_fields}
    values["DATABASE_URL"] = make_url(chosen.DATABASE_URL).render_as_string(hide_password=True)
    values["LLM_BASE_URL"] = chosen.LLM_BASE_URL.rsplit("@", 1)[-1]
    values["FILES_URL"] = chosen.FILES_URL.rsplit("@", 1)[-1]
    return {"VERSION": chosen.VERSION} | {name: _in_words(name, value) for name, value in values.items()}


def _in_words(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    told = ", ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
    return told or ("for ever" if name.startswith("KEEP_") else "none")
