"""Property tests of this room read long patterns: the first example pays for compiling, so none has a deadline."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("without a deadline", deadline=None)
settings.load_profile("without a deadline")
