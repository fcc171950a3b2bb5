"""Values as the analyst reads them: separators, ISO dates, a dash for unknown, and data as literal text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

DASH = "–"
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&])")
REWRITTEN = re.compile(r"(?<=:)(?=[\w/])|(?=@)|(?<=www)(?=\.)|(?<=[<>=~-])(?=[<>=-])", re.IGNORECASE)
"""Inside these Streamlit finds icons, links, addresses and arrows even where every sign is escaped."""
JOINT = ":small[]"
"""A directive around nothing: it shows and copies as nothing, but what stands on its two sides is read apart."""


def plain(text: str) -> str:
    """Return text from a file or person so that Markdown shows it literally, on one line."""
    parts = REWRITTEN.split(" ".join(text.split()))
    return JOINT.join(MARKDOWN.sub(r"\\\1", part) for part in parts)


def number(value: float | None) -> str:
    """Return a count or amount with thousands separators."""
    if value is None:
        return DASH
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def agent(name: str) -> str:
    """Return the stored name of an agent (cmdb_analyst) as people read it."""
    return name.replace("_", " ").capitalize().replace("Cmdb", "CMDB")


def amount(value: float) -> str:
    """Return a figure that may be far below one: whole where it is, else with the digits that tell something."""
    return number(value) if value >= 100 or float(value).is_integer() else f"{value:.6f}".rstrip("0")


def short(value: float) -> str:
    """Return a large amount in thousands or millions: 910, 42 k, 42.1 M."""
    for size, mark in ((1_000_000, "M"), (10_000, "k")):
        if abs(value) >= size:
            scaled = value / (1_000 if mark == "k" else size)
            return f"{scaled:,.1f} {mark}" if mark == "M" else f"{scaled:,.0f} {mark}"
    return f"{value:,.0f}"


def percent(share: float | None) -> str:
    """Return a share of 1 as a percentage without decimals."""
    return DASH if share is None else f"{share:.0%}"


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun: 1 row, 2,310 rows."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def points(share: float | None) -> int | None:
    """Return a share of 1 as whole percent, for a bar from 0 to 100."""
    return None if share is None else round(100 * share)


def day(value: date | None) -> str:
    """Return a day as YYYY-MM-DD."""
    return DASH if value is None else value.isoformat()


def here(moment: datetime) -> datetime:
    """Return a moment as the analyst's own clock tells it; UTC where the browser does not say where that is."""
    return moment.astimezone(_zone())


def clock(moment: datetime) -> str:
    """Return the time of day of today's moments by the analyst's clock, else the date too."""
    local = here(moment)
    return f"{local:%H:%M}" if local.date() == here(datetime.now(UTC)).date() else f"{local:%Y-%m-%d %H:%M}"


def _zone() -> tzinfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError, OSError):  # a browser may name anything
        return UTC


def shown(value: Any) -> str:
    """Return any stored value as one line of text."""
    if value is None or value in ((), ""):
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, date):
        return day(value)
    return str(value)


def size(count: int) -> str:
    """Return a number of bytes in the largest fitting unit (1 kB = 1,024 bytes)."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1024:
            return f"{amount:,.0f} {unit}"
        amount /= 1024
    return f"{amount:,.1f} GB"
