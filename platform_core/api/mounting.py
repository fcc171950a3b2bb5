"""Where the API hangs in the server of the pages."""

from __future__ import annotations

import re

from starlette.routing import Mount
from starlette.types import ASGIApp


class Door(Mount):
    """All addresses below one: the API answers for each of them, also for those with a line break in them.

    A mount of Starlette lets those pass it by, to an answer that is not described and has no reference.
    """

    def __init__(self, path: str, app: ASGIApp) -> None:
        """Have `app` answer below `path`."""
        super().__init__(path, app=app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)
