"""Whether a patient has an intrathecal pump: by a device, an infusion order or an implantation on record."""

from __future__ import annotations

from collections.abc import Iterable

from cds.chart.build.sources import CURRENT_REQUESTS, CURRENT_STATEMENTS, DEVICES, PROCEDURES, Sources
from cds.chart.intrathecal import Pump
from cds.chart.orders import Order
from cds.chart.reading import Absent, Known, Origin, Reading
from cds.fhir.datatypes import CodeableConcept
from cds.fhir.resources import Device, Procedure
from cds.phrases import Phrase


def pump_of(sources: Sources, orders: Iterable[Order], *, ordered: bool) -> Reading[Pump]:
    """The patient's pump.

    Args:
        sources: the record.
        orders: the baclofen orders and the reported baclofen on file.
        ordered: an infusion is being ordered in this signing.

    Returns:
        known by an active device, an active infusion, ordered or reported, a completed implantation or the infusion that is ordered now; absent only where
        devices, orders, reported medication and procedures are all there and none of them shows one. Of several devices the one whose valve opens leads.
    """
    devices: list[Known[Pump]] = []
    for device in sources.record.of(Device):
        words = device_words(device)
        kinds = frozenset[str]().union(*(sources.kinds(concept, "device") for concept in words))
        if device.status in (None, "active") and "intrathecal_pump" in kinds:
            name = next((concept.label for concept in words if concept.label), "")
            devices.append(Known(Pump(name, "field_opened_pump" in kinds), Origin(device.reference)))
    if devices:
        return max(devices, key=lambda device: device.value.opens_in_field)
    for order in orders:
        if order.intrathecal and order.plan.bolus is None and order.status == "active":
            return Known(Pump(Phrase("an intrathecal infusion")), Origin(order.reference))
    for procedure in sources.record.of(Procedure):
        if procedure.status == "completed" and "pump_implantation" in sources.kinds(procedure.code, "procedure"):
            return Known(Pump(procedure.code.label if procedure.code else ""), Origin(procedure.reference))
    if ordered:
        return Known(Pump(Phrase("the infusion of this signing")))
    return sources.missing(DEVICES, CURRENT_REQUESTS, CURRENT_STATEMENTS, PROCEDURES) or Absent()


def device_words(device: Device) -> list[CodeableConcept]:
    """What names a device: its type, then its names, maker and model as texts."""
    names = [name.name or name.value for name in (*(device.deviceName or ()), *(device.name or ()))]
    texts = [text for text in (*names, device.manufacturer, device.modelNumber) if text]
    return ([device.type] if device.type else []) + [CodeableConcept(text=text) for text in texts]
