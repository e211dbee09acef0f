"""Problems, allergies, other drugs, and the indication."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from cds.chart.build.orders import STOPPED, Draft, is_baclofen
from cds.chart.build.sources import (
    ALLERGIES,
    CONDITIONS,
    CURRENT_REQUESTS,
    CURRENT_STATEMENTS,
    PROCEDURES,
    Sources,
    concept_kinds,
)
from cds.chart.model import Allergy, Indication, OrderedService, OtherDrug, Problem, Reason
from cds.chart.reading import Listing
from cds.fhir.datatypes import CodeableConcept, Dosage, Reference
from cds.fhir.medication import resolve
from cds.fhir.resources import (
    AllergyIntolerance,
    Condition,
    Medication,
    MedicationRequest,
    MedicationStatement,
    Procedure,
    ServiceRequest,
)
from cds.fhir.route import read_other_route
from cds.knowledge import Knowledge

ACTIVE = frozenset({"active", "recurrence", "relapse"})
NOT_ORDERED = frozenset({"revoked", "on-hold", "completed", "entered-in-error"})
REFUTED = frozenset({"refuted", "entered-in-error"})
TOPICAL_ROUTES = frozenset({"6064005", "20003000", "20037000", "445755006"})
INDICATIONS = {
    "alcohol_use_disorder": "alcohol",
    "neuropathic_indication": "neuropathic",
    "spasticity_indication": "spasticity",
}


def _codes(concept: CodeableConcept | None) -> frozenset[str]:
    return frozenset(code for _, code in concept.pairs) if concept else frozenset()


def _name(concept: CodeableConcept | None) -> str:
    """What the EHR calls it; a code that comes without words stands for itself."""
    if concept is None:
        return ""
    return concept.label or next((code for _, code in concept.pairs), "")


def problems_of(sources: Sources) -> Listing[Problem]:
    """The conditions on record that are not refuted. One without a clinical status counts as active."""
    found = []
    for condition in sources.record.of(Condition):
        if _codes(condition.verificationStatus) & REFUTED:
            continue
        status = _codes(condition.clinicalStatus)
        active = not status or bool(status & ACTIVE)
        onset = condition.onsetDateTime or (condition.onsetPeriod.start if condition.onsetPeriod else None)
        found.append(
            Problem(
                name=_name(condition.code),
                kinds=sources.kinds(condition.code, "condition"),
                active=active and not condition.abatementDateTime,
                onset=sources.day(onset),
                reference=condition.reference,
                recorded=sources.day(condition.recordedDate),
            )
        )
    return Listing(tuple(found), sources.missing(CONDITIONS))


def known_on(problems: Listing[Problem], day: date) -> Listing[Problem]:
    """The problems that had begun by a day; of those without any date it is taken that they had."""
    begun = problems.every(lambda problem: problem.since is None or problem.since <= day)
    return Listing(begun, problems.missing)


def procedures_of(sources: Sources) -> Listing[Problem]:
    """Procedures as problems: active while they are in progress."""
    found = [
        Problem(
            name=procedure.code.label if procedure.code else "",
            kinds=sources.kinds(procedure.code, "procedure"),
            active=procedure.status == "in-progress",
            onset=sources.day(procedure.began),
            reference=procedure.reference,
        )
        for procedure in sources.record.of(Procedure)
        if procedure.status not in ("entered-in-error", "not-done")
    ]
    return Listing(tuple(found), sources.missing(PROCEDURES))


def allergies_of(sources: Sources) -> Listing[Allergy]:
    """Allergies and intolerances that are neither refuted nor resolved.

    Resolved says that a test or a new exposure showed it to be gone. Inactive counts: it is also set to tidy a list, and an allergy that was
    once recorded is better asked about than passed over.
    """
    found = [
        Allergy(allergy.code.label if allergy.code else "", sources.kinds(allergy.code, "allergy"))
        for allergy in sources.record.of(AllergyIntolerance)
        if not _codes(allergy.verificationStatus) & REFUTED and "resolved" not in _codes(allergy.clinicalStatus)
    ]
    return Listing(tuple(found), sources.missing(ALLERGIES))


def drugs_of(
    sources: Sources,
    drafts: Iterable[Draft],
    baclofen: frozenset[str],
    medications: Mapping[str, Medication],
) -> Listing[OtherDrug]:
    """The other drugs drafted or active on file: PRN included, topical and finished courses not.

    Args:
        sources: the record.
        drafts: the drafted orders; one that lies in the cart unchosen counts like one on file, for it is not being ordered now.
        baclofen: references of the orders on file that are baclofen.
        medications: what a reference to a Medication can mean, among the drafts and in the record.
    """
    found: list[OtherDrug] = []
    given = list(drafts)
    drafted = [(draft.request, draft.focus) for draft in given if not is_baclofen(draft.order)]
    drafted_ids = {draft.request.reference for draft in given if draft.request.id}
    requests = drafted + [
        (request, False)
        for request in sources.record.of(MedicationRequest)
        if request.status == "active" and request.reference not in drafted_ids | baclofen
    ]
    for request, draft in requests:
        if request.status in STOPPED or request.status == "entered-in-error":
            continue
        if _finished(request.dosageInstruction, sources) or request.doNotPerform:
            continue
        drug = _other_drug(request, request.dosageInstruction, sources, medications, draft=draft)
        if drug is not None:
            found.append(drug)
    for statement in sources.record.of(MedicationStatement):
        if statement.current and not _finished(statement.dosage, sources):
            drug = _other_drug(statement, statement.dosage, sources, medications, draft=False)
            if drug is not None:
                found.append(drug)
    return Listing(tuple(found), sources.missing(CURRENT_REQUESTS, CURRENT_STATEMENTS))


def _other_drug(
    source: MedicationRequest | MedicationStatement,
    dosages: list[Dosage] | None,
    sources: Sources,
    medications: Mapping[str, Medication],
    *,
    draft: bool,
) -> OtherDrug | None:
    concept, medication, display = resolve(source, medications)
    codes = {code for dosage in dosages or () for code in _codes(dosage.route)}
    classes = drug_classes(concept, medication, display, sources.knowledge)
    if codes & TOPICAL_ROUTES or "topical_antiinflammatory" in classes or "baclofen_ingredient" in classes:
        return None
    name = _name(concept) or _name(medication.code if medication else None) or display
    return OtherDrug(name, classes, draft, read_other_route(dosages or [], name), source.reference)


def drug_classes(
    concept: CodeableConcept | None, medication: Medication | None, display: str, knowledge: Knowledge
) -> frozenset[str]:
    """The drug value sets that an order belongs to.

    Args:
        concept: the order's own concept.
        medication: the Medication it refers to; its active ingredients count, too.
        display: display of the reference, read where nothing else tells.
        knowledge: value sets.
    """
    classes = concept_kinds(knowledge, concept, "drug")
    if medication is not None:
        classes |= concept_kinds(knowledge, medication.code, "drug")
        for ingredient in medication.ingredient or ():
            if ingredient.isActive is not False:
                classes |= concept_kinds(knowledge, ingredient.itemCodeableConcept, "drug")
    return classes or (knowledge.sets_of_text(display, "drug") if display else classes)


def services_of(requests: Iterable[ServiceRequest], sources: Sources) -> tuple[OrderedService, ...]:
    """The drafted procedures and examinations that mean something to a rule."""
    found = [
        OrderedService(
            request.code.label if request.code else "", sources.kinds(request.code, "procedure"), request.reference
        )
        for request in requests
        if request.status not in NOT_ORDERED and not request.doNotPerform
    ]
    return tuple(service for service in found if service.kinds)


def _finished(dosages: list[Dosage] | None, sources: Sources) -> bool:
    """Whether every dosage has an end, and the last of them is past."""
    ends: list[date | None] = []
    for dosage in dosages or ():
        bounds = dosage.timing.repeat.boundsPeriod if dosage.timing and dosage.timing.repeat else None
        ends.append(sources.day(bounds.end) if bounds else None)
    known = [end for end in ends if end is not None]
    return bool(ends) and len(known) == len(ends) and max(known) < sources.evaluation_date


def indication_of(requests: Sequence[MedicationRequest], problems: Listing[Problem], sources: Sources) -> Indication:
    """The order's reason, else the problem list, else unknown."""
    kinds: set[str] = set()
    reasons: list[Reason] = []
    conditions = {condition.reference: condition.code for condition in sources.record.of(Condition)}
    for request in requests:
        for concept in _reasons(request, conditions):
            belongs = sources.kinds(concept, "condition")
            reasons.append(Reason(concept.label, belongs))
            kinds |= {INDICATIONS[name] for name in belongs if name in INDICATIONS} or {"other"}
    if kinds:
        return Indication(frozenset(kinds), "order", tuple(reasons))
    unread = any(_references(request) for request in requests)
    active = [problem for problem in problems.entries if problem.active]
    kinds = {INDICATIONS[name] for problem in active for name in problem.kinds if name in INDICATIONS}
    if kinds:
        return Indication(frozenset(kinds), "problem list", unread=unread)
    return Indication(unread=unread)


def _references(request: MedicationRequest) -> list[Reference]:
    """What an order refers to as its reason, in R4 or in R5."""
    return [
        *(request.reasonReference or ()),
        *(reason.reference for reason in request.reason or () if reason.reference),
    ]


def _reasons(request: MedicationRequest, conditions: Mapping[str, CodeableConcept | None]) -> list[CodeableConcept]:
    concepts = list(request.reasonCode or ())
    concepts += [reason.concept for reason in request.reason or () if reason.concept]
    for reference in _references(request):
        concept = conditions.get(reference.target or "")
        if concept is not None:
            concepts.append(concept)
        elif reference.display:
            concepts.append(CodeableConcept(text=reference.display))
    return concepts
