"""The FHIR resources that carry facts for a baclofen order, as small structs that name only what is used."""

from __future__ import annotations

from typing import Any

from cds.fhir.datatypes import (
    Annotation,
    CodeableConcept,
    Coding,
    Datatype,
    Dosage,
    Extension,
    Identifier,
    Period,
    Quantity,
    Ratio,
    Reference,
)


class Resource(Datatype):
    """What every resource has."""

    resourceType: str | None = None
    id: str | None = None

    @property
    def reference(self) -> str:
        """`Type/id`, or `Type` where there is no id."""
        return f"{self.resourceType}/{self.id}" if self.id else str(self.resourceType)


class MedicationIngredient(Datatype):
    """Medication.ingredient; `strength` of R4, `strengthRatio` of R5."""

    itemCodeableConcept: CodeableConcept | None = None
    itemReference: Reference | None = None
    isActive: bool | None = None
    strength: Ratio | None = None
    strengthRatio: Ratio | None = None


class Medication(Resource):
    """FHIR Medication; `form` of R4, `doseForm` of R5."""

    code: CodeableConcept | None = None
    form: CodeableConcept | None = None
    doseForm: CodeableConcept | None = None
    ingredient: list[MedicationIngredient] | None = None


class CodeableReference(Datatype):
    """FHIR R5 CodeableReference."""

    concept: CodeableConcept | None = None
    reference: Reference | None = None


class DispenseRequest(Datatype):
    """MedicationRequest.dispenseRequest."""

    validityPeriod: Period | None = None
    numberOfRepeatsAllowed: int | None = None
    quantity: Quantity | None = None
    expectedSupplyDuration: Quantity | None = None


class MedicationRequest(Resource):
    """FHIR MedicationRequest of R4, with the `medication` and `reason` of R5."""

    status: str | None = None
    statusReason: CodeableConcept | None = None
    intent: str | None = None
    category: list[CodeableConcept] | None = None
    doNotPerform: bool | None = None
    medicationCodeableConcept: CodeableConcept | None = None
    medicationReference: Reference | None = None
    medication: CodeableReference | None = None
    contained: list[dict[str, Any]] | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    authoredOn: str | None = None
    requester: Reference | None = None
    reasonCode: list[CodeableConcept] | None = None
    reasonReference: list[Reference] | None = None
    reason: list[CodeableReference] | None = None
    groupIdentifier: Identifier | None = None
    priorPrescription: Reference | None = None
    note: list[Annotation] | None = None
    dosageInstruction: list[Dosage] | None = None
    dispenseRequest: DispenseRequest | None = None
    modifierExtension: list[Extension] | None = None


NOT_TAKING = ("not-taking", "on-hold", "stopped")
"""How the adherence codes of R5 begin that say that a medicine is not being taken."""


class Adherence(Datatype):
    """MedicationStatement.adherence of R5."""

    code: CodeableConcept | None = None


class MedicationStatement(Resource):
    """FHIR MedicationStatement of R4, with the `adherence` of R5 and the `taken` of STU3."""

    status: str | None = None
    medicationCodeableConcept: CodeableConcept | None = None
    medicationReference: Reference | None = None
    medication: CodeableReference | None = None
    contained: list[dict[str, Any]] | None = None
    subject: Reference | None = None
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    dateAsserted: str | None = None
    dosage: list[Dosage] | None = None
    adherence: Adherence | None = None
    taken: str | None = None

    @property
    def current(self) -> bool:
        """Whether the medicine is being taken: `active`; in R5 `recorded`, which does not say so by itself, unless the adherence denies it."""
        adherence = self.adherence.code.pairs if self.adherence and self.adherence.code else ()
        denied = self.taken == "n" or any(code.startswith(NOT_TAKING) for _, code in adherence)
        return self.status in ("active", "recorded") and not denied


class MedicationDispense(Resource):
    """FHIR MedicationDispense."""

    status: str | None = None
    medicationCodeableConcept: CodeableConcept | None = None
    medicationReference: Reference | None = None
    medication: CodeableReference | None = None
    contained: list[dict[str, Any]] | None = None
    subject: Reference | None = None
    authorizingPrescription: list[Reference] | None = None
    whenPrepared: str | None = None
    whenHandedOver: str | None = None
    daysSupply: Quantity | None = None
    quantity: Quantity | None = None


class AdministrationDosage(Datatype):
    """MedicationAdministration.dosage."""

    route: CodeableConcept | None = None
    dose: Quantity | None = None


class MedicationAdministration(Resource):
    """FHIR MedicationAdministration."""

    status: str | None = None
    medicationCodeableConcept: CodeableConcept | None = None
    medicationReference: Reference | None = None
    medication: CodeableReference | None = None
    contained: list[dict[str, Any]] | None = None
    subject: Reference | None = None
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    dosage: AdministrationDosage | None = None


class Address(Datatype):
    """FHIR Address: the country is all that is read."""

    use: str | None = None
    country: str | None = None


class Patient(Resource):
    """FHIR Patient, without name or contact."""

    identifier: list[Identifier] | None = None
    gender: str | None = None
    birthDate: str | None = None
    address: list[Address] | None = None


class Practitioner(Resource):
    """FHIR Practitioner, without name or contact."""

    identifier: list[Identifier] | None = None


class PractitionerRole(Resource):
    """FHIR PractitionerRole."""

    identifier: list[Identifier] | None = None
    practitioner: Reference | None = None


class Encounter(Resource, rename={"class_": "class"}):
    """FHIR Encounter; `class` of R4 and `actualPeriod` of R5."""

    status: str | None = None
    class_: Coding | list[CodeableConcept] | None = None
    subject: Reference | None = None
    period: Period | None = None
    actualPeriod: Period | None = None
    serviceProvider: Reference | None = None


class Condition(Resource):
    """FHIR Condition."""

    clinicalStatus: CodeableConcept | None = None
    verificationStatus: CodeableConcept | None = None
    category: list[CodeableConcept] | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    onsetDateTime: str | None = None
    onsetPeriod: Period | None = None
    abatementDateTime: str | None = None
    recordedDate: str | None = None


class AllergyIntolerance(Resource):
    """FHIR AllergyIntolerance."""

    clinicalStatus: CodeableConcept | None = None
    verificationStatus: CodeableConcept | None = None
    code: CodeableConcept | None = None
    patient: Reference | None = None


class ObservationComponent(Datatype):
    """Observation.component."""

    code: CodeableConcept | None = None
    valueQuantity: Quantity | None = None


class Observation(Resource):
    """FHIR Observation."""

    status: str | None = None
    category: list[CodeableConcept] | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    effectiveInstant: str | None = None
    issued: str | None = None
    valueQuantity: Quantity | None = None
    valueDateTime: str | None = None
    component: list[ObservationComponent] | None = None
    partOf: list[Reference] | None = None


class Procedure(Resource):
    """FHIR Procedure; `performed` of R4, `occurrence` of R5."""

    status: str | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    performedDateTime: str | None = None
    performedPeriod: Period | None = None
    occurrenceDateTime: str | None = None
    occurrencePeriod: Period | None = None

    @property
    def began(self) -> str | None:
        """When it was done, or began."""
        period = self.performedPeriod or self.occurrencePeriod
        return self.performedDateTime or self.occurrenceDateTime or (period.start if period else None)


class ServiceRequest(Resource):
    """FHIR ServiceRequest."""

    status: str | None = None
    intent: str | None = None
    doNotPerform: bool | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    authoredOn: str | None = None


class DeviceName(Datatype):
    """Device.deviceName of R4, Device.name of R5."""

    name: str | None = None
    value: str | None = None


class Device(Resource):
    """FHIR Device."""

    status: str | None = None
    type: CodeableConcept | None = None
    patient: Reference | None = None
    manufacturer: str | None = None
    modelNumber: str | None = None
    deviceName: list[DeviceName] | None = None
    name: list[DeviceName] | None = None


class OutcomeIssue(Datatype):
    """OperationOutcome.issue."""

    severity: str | None = None
    code: str | None = None
    diagnostics: str | None = None


class OperationOutcome(Resource):
    """FHIR OperationOutcome."""

    issue: list[OutcomeIssue] | None = None


RESOURCES: dict[str, type[Resource]] = {
    struct.__name__: struct
    for struct in (
        AllergyIntolerance,
        Condition,
        Device,
        Encounter,
        Medication,
        MedicationAdministration,
        MedicationDispense,
        MedicationRequest,
        MedicationStatement,
        Observation,
        OperationOutcome,
        Patient,
        Practitioner,
        PractitionerRole,
        Procedure,
        ServiceRequest,
    )
}
"""Every resource type that is read, by name. Others are counted and left alone."""
