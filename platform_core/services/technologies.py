"""Technology names in a file of mentions, as the terminal asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from platform_core.domain.technology import Mention
from platform_core.errors import BadInput
from platform_core.reference import DATA
from platform_core.technology import Technologies, load_technologies, recognise


@lru_cache(maxsize=1)
def technologies() -> Technologies:
    """Return the shipped table of names, read once."""
    return load_technologies(DATA)


@lru_cache(maxsize=50_000)
def named(text: str) -> Mention:
    """Return what a text of the inventory names; texts repeat, so each is looked up once."""
    return recognise(text, technologies())


def normalize_file(path: Path) -> dict[str, Any]:
    """Return what every line of a text file names, in its order, blank lines included; raises BadInput."""
    if not path.is_file():
        raise BadInput(f"There is no file {path.name}.", hint="Check the name and the folder.")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name} is not UTF-8 text.", hint="Save it as UTF-8, a mention a line.") from error
    return {"mentions": [recognise(line, technologies()).model_dump(mode="json") for line in lines]}


def mention_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield what each mention names, for a person."""
    for mention in answer["mentions"]:
        version = f" {mention['version']}" if mention["version"] else ""
        named = f"{mention['product']}{version} ({mention['confidence']:.0%})" if mention["entity"] else "–"
        yield f"{mention['text']}: {named}"
