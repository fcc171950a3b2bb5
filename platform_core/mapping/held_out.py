"""What training measured on sources it had not seen, kept beside the model that it belongs to."""

from __future__ import annotations

from pathlib import Path

from platform_core.domain.base import Frozen
from platform_core.errors import BadInput
from platform_core.mapping.benchmark import Figures
from platform_core.mapping.learning_curve import Point


class HeldOut(Frozen):
    """Figures with the whole tool family forgotten, with the source alone forgotten, and while analysts correct.

    `collected_out` is the first on the files of collected.jsonl, `learning` starts from a mapper that has seen no
    source of gold.jsonl at all.
    """

    family_out: Figures
    source_out: Figures
    collected_out: Figures
    learning: tuple[Point, ...]

    @classmethod
    def load(cls, folder: Path) -> HeldOut:
        """Read mapping/held_out.json under `folder`; raises BadInput when it is missing or torn."""
        try:
            return cls.model_validate_json((folder / "mapping" / "held_out.json").read_bytes())
        except (OSError, ValueError) as error:
            raise BadInput("The figures of the mapping model cannot be read.") from error
