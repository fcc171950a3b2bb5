"""Files with a JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from platform_core.errors import BadInput


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, object) for every line that is not blank; raises BadInput naming the line."""
    if not path.is_file():
        raise BadInput(f"There is no file {path.name}.", hint="Check the name and the folder.")
    with path.open(encoding="utf-8-sig") as handle:
        for number, line in enumerate(handle, 1):
            if not line.strip():
                continue
            try:
                item = json.loads(line)
            except json.JSONDecodeError as error:
                raise BadInput(f"Line {number} of {path.name} is not JSON.", hint="Write one object a line.") from error
            if not isinstance(item, dict):
                raise BadInput(f"Line {number} of {path.name} is not an object.", hint="Write one object a line.")
            yield number, item
