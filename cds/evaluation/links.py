"""Links of cards to the forms of the registry, with what need not be typed again.

Sealed and short-lived; where the EHR starts SMART apps, a launch that carries the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cds.cards.build import Links
from cds.cards.merge import Group
from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.language import Catalogue
from cds.phrases import Phrase
from cds.protocol.response import Link
from cds.rtu.context import Form, FormContext
from cds.rtu.keys import key_of
from cds.security import Issuer, Keys
from cds.security.pseudonym import pseudonym
from cds.security.sealed import seal
from cds.settings import Settings

__all__ = ["NOWHERE", "Linked", "links_of"]

LIFETIME = 30 * 60
"""Seconds for which a link opens its form: the time of a consultation."""

NOWHERE = "https://registry.invalid"
"""Where the links of an invented registry point; no host can have that name (RFC 2606)."""

_LABELS: Mapping[Form, Phrase] = {
    "patient": Phrase("Register the patient (two minutes)"),
    "prescriber": Phrase("Register as prescriber (two minutes)"),
    "visit": Phrase("Record a follow-up visit"),
    "opinion": Phrase("Record an opinion"),
}


@dataclass(frozen=True, slots=True)
class Linked:
    """From what the links of an answer are made.

    Attributes:
        settings: where the registry is reached.
        keys: seal the links.
        issuer: who calls; whether its EHR starts SMART apps.
        namespace: whose ids those of the call are.
        patient: the EHR's bare id of the patient.
        now: the moment of the call.
        invented: the registry's answer is: the links carry nothing and lead nowhere.
    """

    settings: Settings
    keys: Keys
    issuer: Issuer | None
    namespace: str
    patient: str
    now: datetime
    invented: bool = False


def links_of(linked: Linked, chart: Chart, knowledge: Knowledge, words: Catalogue) -> Links:
    """What makes the links of a card: one a form that its findings name, the leading finding's first."""
    base = linked.settings.rtu_url or f"{linked.settings.public_url.rstrip('/')}/registry"
    whom = pseudonym(linked.keys.pseudonym, linked.namespace, linked.patient)
    until = int(linked.now.timestamp()) + LIFETIME

    def link(form: Form) -> Link:
        label = words.phrase(_LABELS[form])
        if linked.invented:
            return Link(label=label, url=f"{NOWHERE}/{form}", type="absolute")
        carried = seal(linked.keys.link, _context(form, whom, linked, chart), until)
        if linked.issuer is not None and linked.issuer.smart_client_id is not None:
            return Link(label=label, url=f"{base}/launch", type="smart", app_context=carried)
        return Link(label=label, url=f"{base}/form?context={carried}", type="absolute")

    def links(group: Group) -> tuple[Link, ...]:
        forms = dict.fromkeys(knowledge.rule(finding.rule).form for finding in group.findings)
        return tuple(link(form) for form in forms if form is not None)

    return links


def _context(form: Form, patient: str, linked: Linked, chart: Chart) -> FormContext:
    total = chart.therapy.total
    people = chart.programme.prescribers
    # One person: a form that is opened from the card registers whoever asks for the drug, and nobody else together with them.
    known_as = tuple(key_of(linked.namespace, one) for one in people[0]) if people else ()
    return FormContext(
        form=form,
        patient=patient,
        prescribers=known_as,
        daily_dose=None if total is None else f"{float(total.value):.6g}",
        on=chart.evaluation_date.isoformat(),
        starts=chart.therapy.is_start,
    )
