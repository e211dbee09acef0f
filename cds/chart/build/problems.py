"""Problems, allergies, other drugs, and the indication."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from cds.chart.build.sources import ALLERGIES, CONDITIONS, CURRENT_REQUESTS, CURRENT_STATEMENTS, PROCEDURES, Sources
from cds.chart.model import Allergy, Indication, OtherDrug, Problem
from cds.chart.reading import Listing
from cds.fhir.datatypes import CodeableConcept, Dosage
from cds.fhir.medication import resolve
from cds.fhir.resources import (
    AllergyIntolerance,
    Condition,
    MedicationRequest,
    MedicationStatement,
    Procedure,
)

ACTIVE = frozenset({"active", "recurrence", "relapse"})
REFUTED = frozenset({"refuted", "entered-in-error"})
TOPICAL_ROUTES = frozenset({"6064005", "20003000", "20037000", "445755006"})
INDICATIONS = {
    "alcohol_use_disorder": "alcohol",
    "neuropathic_indication": "neuropathic",
    "spasticity_indication": "spasticity",
}


def _codes(concept: CodeableConcept | None) -> frozenset[str]:
    return frozenset(code for _, code in concept.pairs) if concept else frozenset()


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
                name=condition.code.label if condition.code else "",
                kinds=sources.kinds(condition.code, "condition"),
                active=active and not condition.abatementDateTime,
                onset=sources.day(onset),
                reference=condition.reference,
            )
        )
    return Listing(tuple(found), sources.missing(CONDITIONS))


def procedures_of(sources: Sources) -> Listing[Problem]:
    """Procedures as problems: active while they are in progress."""
    found = [
        Problem(
            name=procedure.code.label if procedure.code else "",
            kinds=sources.kinds(procedure.code, "procedure"),
            active=procedure.status == "in-progress",
            onset=sources.day(
                procedure.performedDateTime or (procedure.performedPeriod.start if procedure.performedPeriod else None)
            ),
            reference=procedure.reference,
        )
        for procedure in sources.record.of(Procedure)
        if procedure.status not in ("entered-in-error", "not-done")
    ]
    return Listing(tuple(found), sources.missing(PROCEDURES))


def allergies_of(sources: Sources) -> Listing[Allergy]:
    """Allergies and intolerances that are not refuted."""
    found = [
        Allergy(allergy.code.label if allergy.code else "", sources.kinds(allergy.code, "allergy"))
        for allergy in sources.record.of(AllergyIntolerance)
        if not _codes(allergy.verificationStatus) & REFUTED
    ]
    return Listing(tuple(found), sources.missing(ALLERGIES))


def drugs_of(sources: Sources, drafts: Iterable[MedicationRequest], baclofen: frozenset[str]) -> Listing[OtherDrug]:
    """The other drugs drafted or active on file: PRN included, topical and finished courses not.

    Args:
        sources: the record.
        drafts: the drafted orders.
        baclofen: references of the orders that are baclofen.
    """
    found: list[OtherDrug] = []
    drafted = list(drafts)
    drafted_ids = {draft.reference for draft in drafted if draft.id}
    requests = [(request, True) for request in drafted] + [
        (request, False)
        for request in sources.record.of(MedicationRequest)
        if request.status == "active" and request.reference not in drafted_ids
    ]
    for request, draft in requests:
        if request.reference in baclofen or request.status in ("stopped", "cancelled", "on-hold", "entered-in-error"):
            continue
        if _finished(request.dosageInstruction, sources) or request.doNotPerform:
            continue
        drug = _other_drug(request, request.dosageInstruction, sources, draft=draft)
        if drug is not None:
            found.append(drug)
    for statement in sources.record.of(MedicationStatement):
        if statement.status == "active" and not _finished(statement.dosage, sources):
            drug = _other_drug(statement, statement.dosage, sources, draft=False)
            if drug is not None:
                found.append(drug)
    return Listing(tuple(found), sources.missing(CURRENT_REQUESTS, CURRENT_STATEMENTS))


def _other_drug(
    source: MedicationRequest | MedicationStatement,
    dosages: list[Dosage] | None,
    sources: Sources,
    *,
    draft: bool,
) -> OtherDrug | None:
    concept, medication, display = resolve(source, sources.record.medications)
    codes = {code for dosage in dosages or () for code in _codes(dosage.route)}
    classes = sources.kinds(concept, "drug")
    if medication is not None:
        classes |= sources.kinds(medication.code, "drug")
        for ingredient in medication.ingredient or ():
            if ingredient.isActive is not False:
                classes |= sources.kinds(ingredient.itemCodeableConcept, "drug")
    if not classes and display:
        classes = sources.knowledge.sets_of_text(display, "drug")
    if codes & TOPICAL_ROUTES or "topical" in classes or "baclofen_ingredient" in classes:
        return None
    name = (
        (concept.label if concept else "")
        or (medication.code.label if medication and medication.code else "")
        or display
    )
    return OtherDrug(name, classes, draft, reference=source.reference)


def _finished(dosages: list[Dosage] | None, sources: Sources) -> bool:
    """Whether every dosage has an end, and the last of them is past."""
    ends: list[date | None] = []
    for dosage in dosages or ():
        bounds = dosage.timing.repeat.boundsPeriod if dosage.timing and dosage.timing.repeat else None
        ends.append(sources.day(bounds.end) if bounds else None)
    known = [end for end in ends if end is not None]
    return bool(ends) and len(known) == len(ends) and max(known) < sources.evaluation_date


def indication_of(requests: Iterable[MedicationRequest], problems: Listing[Problem], sources: Sources) -> Indication:
    """The order's reason, else the problem list, else unknown."""
    kinds: set[str] = set()
    reasons: set[str] = set()
    labels: list[str] = []
    conditions = {condition.reference: condition.code for condition in sources.record.of(Condition)}
    for request in requests:
        for concept in _reasons(request, conditions):
            belongs = sources.kinds(concept, "condition")
            reasons |= belongs
            kinds |= {INDICATIONS[name] for name in belongs if name in INDICATIONS} or {"other"}
            if concept.label:
                labels.append(concept.label)
    if kinds:
        return Indication(frozenset(kinds), "order", tuple(dict.fromkeys(labels)), frozenset(reasons))
    listed = [problem for problem in problems.entries if problem.active and problem.kinds & INDICATIONS.keys()]
    kinds = {INDICATIONS[name] for problem in listed for name in problem.kinds if name in INDICATIONS}
    if kinds:
        return Indication(frozenset(kinds), "problem list", tuple(problem.name for problem in listed))
    return Indication()


def _reasons(request: MedicationRequest, conditions: Mapping[str, CodeableConcept | None]) -> list[CodeableConcept]:
    concepts = list(request.reasonCode or ())
    references = list(request.reasonReference or ())
    for reason in request.reason or ():
        if reason.concept:
            concepts.append(reason.concept)
        if reason.reference:
            references.append(reason.reference)
    for reference in references:
        concept = conditions.get(reference.target or "")
        if concept is not None:
            concepts.append(concept)
        elif reference.display:
            concepts.append(CodeableConcept(text=reference.display))
    return concepts
