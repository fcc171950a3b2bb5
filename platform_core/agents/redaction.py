"""Keeping keys out of everything that is recorded, shown or raised."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote

REMOVED = "[key removed]"
_SHORTEST_SECRET = 6  # a shorter one would take ordinary words along with it
_BEARER = re.compile(r"(?i)\b(bearer|api[-_ ]?key\"?\s*[:=])\s*\"?[\w.~+/=-]{8,}")


class Redactor:
    """Takes given secrets, and whatever stands where keys stand, out of texts.

    A secret is recognised as it is and in the forms in which an endpoint may echo it: JSON string, URL part, base64.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if len(secret) >= _SHORTEST_SECRET for form in _forms(secret)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def clean(self, text: str) -> str:
        """Return `text` without keys."""
        if self._secrets is not None:
            text = self._secrets.sub(REMOVED, text)
        return _BEARER.sub(lambda found: f"{found[1]} {REMOVED}", text)


def _forms(secret: str) -> set[str]:
    encoded = base64.b64encode(secret.encode()).decode()
    return {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), encoded, encoded.rstrip("=")}
