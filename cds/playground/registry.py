"""What a registry of the French programme would answer to a form's call: invented from the form, for nobody is asked."""

from __future__ import annotations

from datetime import date

from cds.chart.model import Absent, Known, Listing, Opinion, Reading, Unknown
from cds.chart.registration import RegistryAnswer
from cds.phrases import Phrase
from cds.playground.form import Form

__all__ = ["registry_of"]

ASKED = Phrase("the registry of this service")
_NOBODY = Phrase("the call does not tell who prescribes")


def registry_of(form: Form) -> RegistryAnswer:
    """The registry's answer: what the form says of registrations, the last visit and opinions, and nothing else."""
    opinions: tuple[Opinion, ...] = ()
    if form.opinion != "none":
        opinions = (Opinion("second" if form.opinion == "second" else "collegial", form.opinion_on or form.day),)
    unknown = form.prescriber_registered == "unknown"
    return RegistryAnswer(
        asked=ASKED,
        patient=_registered(form.patient_registered, form.day),
        prescriber=Unknown(_NOBODY) if unknown else _registered(form.prescriber_registered, form.day),
        last_visit=Absent() if form.last_visit is None else Known(form.last_visit),
        opinions=Listing(opinions),
    )


def _registered(said: str, on: date) -> Reading[date]:
    return Known(on) if said == "yes" else Absent()
