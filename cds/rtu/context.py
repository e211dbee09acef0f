"""What a card hands on to a form of the registry, sealed in its link or carried by a SMART launch."""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ["Form", "FormContext"]

Form = Literal["patient", "prescriber", "visit", "opinion"]


class FormContext(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which form, and what need not be typed again. It names nobody.

    Attributes:
        form: the form to open.
        patient: the patient's pseudonym.
        prescribers: how the EHR knows those who may be the prescriber, each as `namespace|Practitioner/id` or `system|value`.
        daily_dose: oral baclofen in mg/day as the card read it, a decimal of at most six digits; None where no amount could
            be told.
        on: day of the order, as ISO 8601 writes it.
        starts: whether the order is known to start baclofen.
    """

    form: Form
    patient: str
    prescribers: tuple[str, ...] = ()
    daily_dose: str | None = None
    on: str | None = None
    starts: bool = False
