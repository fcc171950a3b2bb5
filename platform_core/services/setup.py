"""How this workbench is set up, as the settings page shows it."""

from __future__ import annotations

from sqlalchemy.engine import make_url

from platform_core.services import organisations
from platform_core.settings import settings
from platform_core.store import Store


def shown() -> list[tuple[str, str]]:
    """Return (setting, value) for every setting; keys and passwords in addresses are masked."""
    chosen = settings()
    values = {name: getattr(chosen, name) for name in type(chosen).model_fields}
    values["DATABASE_URL"] = make_url(chosen.DATABASE_URL).render_as_string(hide_password=True)
    values["LLM_BASE_URL"] = chosen.LLM_BASE_URL.rsplit("@", 1)[-1]
    values["FILES_URL"] = chosen.FILES_URL.rsplit("@", 1)[-1]
    return [("VERSION", chosen.VERSION), *((name, _in_words(value)) for name, value in values.items())]


def is_shared(store: Store) -> bool:
    """Tell whether several organisations share this workbench."""
    return organisations.only(store) is None


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
