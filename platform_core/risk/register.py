"""Changing an entry of the risk register, and what each status asks for."""

from __future__ import annotations

from datetime import date

from platform_core.domain.register import RegisterEntry, RegisterStatus
from platform_core.errors import BadInput
from platform_core.risk.model import Drivers

_LONGEST = 2_000


def checked(entry: RegisterEntry, drivers: Drivers, *, today: date) -> RegisterEntry:
    """Return the entry with its texts tidied.

    Raises BadInput when its status asks for more: mitigating for an owner and a mitigation, accepted for an owner and
    the reason in the note, closed for the note saying why. Also when a mitigation does not exist, and when an entry
    that is not settled is due in the past.
    """
    tidy = entry.model_copy(
        update={
            "owner": " ".join(entry.owner.split())[:200],
            "note": entry.note.strip()[:_LONGEST],
            "chosen": tuple(dict.fromkeys(entry.chosen)),
        }
    )
    _check_mitigations(tidy, drivers)
    if tidy.status in {RegisterStatus.MITIGATING, RegisterStatus.ACCEPTED} and not tidy.owner:
        raise BadInput(
            f"A risk that is {tidy.status.value} needs an owner.", hint="Name the person who answers for it."
        )
    if tidy.status is RegisterStatus.MITIGATING and not tidy.chosen:
        raise BadInput("A risk that is being mitigated needs a mitigation.", hint="Choose at least one.")
    if tidy.status in {RegisterStatus.ACCEPTED, RegisterStatus.CLOSED} and not tidy.note:
        raise BadInput(f"A risk that is {tidy.status.value} needs a note.", hint="Say in a few words why.")
    settled = tidy.status in {RegisterStatus.ACCEPTED, RegisterStatus.CLOSED}
    if tidy.due is not None and tidy.due < today and not settled:
        raise BadInput(f"{tidy.due} has passed.", hint="Choose a day to come, or settle the risk.")
    return tidy


def _check_mitigations(entry: RegisterEntry, drivers: Drivers) -> None:
    unknown = set(entry.chosen) - {mitigation.name for mitigation in drivers.mitigations}
    if unknown:
        raise BadInput(f"There is no mitigation named '{min(unknown)}'.")
