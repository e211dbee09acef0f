"""The chart of one call: every builder, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from cds.chart.build.alcohol import alcohol_use_of
from cds.chart.build.drafts import missing_of_drafts
from cds.chart.build.histories import histories_of
from cds.chart.build.intrathecal import PumpSources, intrathecal_of, pump_missing
from cds.chart.build.kidneys import kidneys_of
from cds.chart.build.missing import missing_drafts, missing_history, missing_of, missing_of_kidneys, missing_of_stay
from cds.chart.build.orders import STOPPED, Draft
from cds.chart.build.patient import age_of, jurisdiction_of, patient_of, setting_of, sex_of, weight_of
from cds.chart.build.problems import (
    allergies_of,
    drugs_of,
    indication_of,
    known_on,
    problems_of,
    procedures_of,
    services_of,
)
from cds.chart.build.programme import programme_of
from cds.chart.build.sources import Sources
from cds.chart.build.stay import stay_of
from cds.chart.build.therapy import Signing, therapy_of
from cds.chart.model import Chart, Hook, Jurisdiction, LastOrder, Problem, RegistrationPolicy, Setting, Therapy
from cds.chart.orders import Order
from cds.chart.reading import Known, Listing, Reading
from cds.fhir.record import Record
from cds.fhir.resources import Medication, MedicationRequest, ServiceRequest
from cds.knowledge import Knowledge, Regime


@dataclass(frozen=True, slots=True)
class Call:
    """What the chart needs to know of a hook call beside the record.

    Attributes:
        hook: CDS Hooks hook.
        patient_id, encounter_id: bare ids.
        user: `Practitioner/id` or `PractitionerRole/id`.
        drafts: the drafted MedicationRequests of any drug, with the members of each that could not be read.
        medications: Medication resources among the drafts, by `Medication/id`.
        selections: references of the selected drafts; None selects all.
        unreadable: drafts that could not be read at all, by their place in the request.
        now: the moment of the call.
        services: the drafted ServiceRequests: procedures and examinations.
        foreign: the drafted orders of any kind that name another patient; they stand nowhere else.
    """

    hook: Hook
    patient_id: str | None
    encounter_id: str | None
    user: str | None
    drafts: tuple[tuple[MedicationRequest, tuple[str, ...]], ...]
    medications: Mapping[str, Medication]
    selections: frozenset[str] | None
    unreadable: tuple[str, ...]
    now: datetime
    services: tuple[ServiceRequest, ...] = ()
    foreign: tuple[MedicationRequest | ServiceRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that a chart depends on.

    Attributes:
        issuer_jurisdiction: the calling EHR's own; None where not configured.
        default_jurisdiction: where nothing tells.
        registration: when the French registration rules speak.
        patient_systems, prescriber_systems: identifier systems that show registration.
    """

    issuer_jurisdiction: str | None = None
    default_jurisdiction: str = "FR"
    registration: RegistrationPolicy = "required"
    patient_systems: frozenset[str] = frozenset()
    prescriber_systems: frozenset[str] = frozenset()


def build_chart(call: Call, record: Record, drafts: list[Draft], knowledge: Knowledge, policy: Policy) -> Chart:
    """The chart of one call.

    Args:
        call: what is being signed, by whom, for whom.
        record: what came with it.
        drafts: the drafted orders, as `draft_orders` gives them.
        knowledge: value sets, figures, regimes.
        policy: settings.
    """
    baclofen = [draft for draft in drafts if draft.about_baclofen]
    stopped = [draft for draft in baclofen if draft.order.status in STOPPED]
    prescribed = [draft for draft in baclofen if draft.order.status not in STOPPED]
    today = call.now.date()
    evaluation_date = _evaluation_date(call, record, prescribed if baclofen else drafts)
    sources = Sources(record, knowledge, call.now, evaluation_date)

    patient = patient_of(sources, call.patient_id)
    age, sex, weight = age_of(patient, sources), sex_of(patient, sources), weight_of(sources)
    setting = setting_of(sources, call.encounter_id)
    problems = problems_of(sources)
    histories = histories_of(sources, call.medications)
    signing = _signing(prescribed, stopped, sources)
    therapy = therapy_of(signing, histories, problems, evaluation_date, today)
    kidneys = kidneys_of(sources, problems, procedures_of(sources), age=age, sex=sex, weight=weight)
    jurisdiction = jurisdiction_of(
        policy.issuer_jurisdiction, [draft.order for draft in baclofen], patient, policy.default_jurisdiction
    )
    focus = [draft.request for draft in baclofen if draft.focus]
    indication = indication_of(focus, problems, sources)
    medications = {**record.medications, **call.medications}
    intrathecal = intrathecal_of(sources, PumpSources(baclofen, histories, medications, indication, problems))
    selected = [one for one in call.services if call.selections is None or one.reference in call.selections]
    services = services_of(selected, sources)
    baclofen_on_file = frozenset(order.reference for order in histories.orders)
    stay = stay_of(sources, call.encounter_id, histories, today)
    return Chart(
        hook=call.hook,
        evaluation_date=evaluation_date,
        today=today,
        regime=_regime(
            sources, signing.checked, jurisdiction=jurisdiction, indications=indication.kinds, setting=setting
        ),
        jurisdiction=jurisdiction,
        setting=setting,
        age=age,
        sex=sex,
        weight=weight,
        indication=indication,
        therapy=therapy,
        kidneys=kidneys,
        problems=problems,
        allergies=allergies_of(sources),
        alcohol_use=alcohol_use_of(sources),
        drugs=drugs_of(sources, drafts, baclofen_on_file, medications),
        stay=stay,
        last_order=_last_order(call, sources, therapy, problems) if call.hook == "patient-view" else None,
        services=services,
        intrathecal=intrathecal,
        programme=programme_of(
            sources,
            patient,
            call.user,
            focus,
            histories.orders,
            patient_systems=policy.patient_systems,
            prescriber_systems=policy.prescriber_systems,
        ),
        registration_policy=policy.registration,
        missing=missing_of(sources, call.hook)
        + missing_of_kidneys(sources, call.hook, therapy, kidneys, age)
        + missing_history(sources, call.hook, therapy)
        + pump_missing(sources, intrathecal, services)
        + missing_of_stay(sources, call.hook, setting, stay, intrathecal)
        + missing_drafts(drafts, call.unreadable)
        + missing_of_drafts(call, drafts),
    )


def _evaluation_date(call: Call, record: Record, decisive: Iterable[Draft]) -> date:
    """The day a drafted order is written, else begins, else today; of a refill that repeats the order on file with its date, today."""
    written = {(one.reference, one.authoredOn) for one in record.of(MedicationRequest)}
    for draft in decisive:
        day = draft.order.authored or draft.order.start
        repeats = call.hook == "medication-refill" and (draft.request.reference, draft.request.authoredOn) in written
        if draft.focus and day is not None and not repeats:
            return day
    return call.now.date()


def _last_order(call: Call, sources: Sources, therapy: Therapy, problems: Listing[Problem]) -> LastOrder | None:
    """The newest running order of oral baclofen, and renal function on its day."""
    days = [order.authored for order in therapy.taken if order.oral and order.authored is not None]
    if not days:
        return None
    then = replace(sources, evaluation_date=max(days))
    patient = patient_of(sources, call.patient_id)
    kidneys = kidneys_of(
        then,
        known_on(problems, then.evaluation_date),
        known_on(procedures_of(sources), then.evaluation_date),
        age=age_of(patient, then),
        sex=sex_of(patient, then),
        weight=weight_of(then),
    )
    return LastOrder(then.evaluation_date, kidneys)


def _signing(prescribed: list[Draft], stopped: list[Draft], sources: Sources) -> Signing:
    return Signing(
        checked=tuple(draft.order for draft in prescribed if draft.focus),
        cart=tuple(draft.order for draft in prescribed if not draft.focus),
        stopped=tuple(draft.order for draft in stopped if draft.focus),
        toxic=frozenset(
            draft.order.reference
            for draft in stopped
            if draft.request.statusReason is not None
            and "overdose_or_toxicity" in sources.kinds(draft.request.statusReason, "condition")
        ),
    )


def _regime(
    sources: Sources,
    checked: Iterable[Order],
    *,
    jurisdiction: Jurisdiction,
    indications: frozenset[str],
    setting: Reading[Setting],
) -> Regime:
    cis = next((order.product.cis for order in checked if order.product.cis), None)
    return sources.knowledge.regime(
        jurisdiction=jurisdiction.code,
        indications=indications,
        setting=setting.value if isinstance(setting, Known) else None,
        on=sources.evaluation_date,
        cis=cis,
    )
