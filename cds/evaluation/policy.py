"""What of the settings and of the caller a chart depends on."""

from __future__ import annotations

from typing import cast

from cds.chart.build.chart import Policy
from cds.chart.model import RegistrationPolicy
from cds.security import Issuer
from cds.settings import Settings

__all__ = ["policy_of"]


def policy_of(settings: Settings, issuer: Issuer | None = None) -> Policy:
    """What of the settings and of the caller a chart depends on."""
    patients = (issuer and issuer.rtu_patient_systems) or settings.rtu_patient_systems
    prescribers = (issuer and issuer.rtu_prescriber_systems) or settings.rtu_prescriber_systems
    return Policy(
        issuer_jurisdiction=None if issuer is None else issuer.jurisdiction,
        default_jurisdiction=settings.jurisdiction,
        registration=cast(RegistrationPolicy, settings.rtu_registration),
        patient_systems=frozenset(patients),
        prescriber_systems=frozenset(prescribers),
    )
