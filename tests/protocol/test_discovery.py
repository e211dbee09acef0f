import json
import re

from jsonschema import Draft202012Validator

from cds.chart.build.sources import DEVICES, LABORATORY, PUMP_READINGS
from cds.chart.model import ORDER_HOOKS
from cds.fhir.record import Query
from cds.knowledge import load_knowledge
from cds.protocol.discovery import PREFETCH, SERVICES, encode_discovery
from cds.protocol.schemas import schema
from cds.rules.registry import all_rules


def test_discovery_follows_its_schema():
    document = json.loads(encode_discovery())
    Draft202012Validator(schema("discovery")).validate(document)
    assert [(service["hook"], service["id"]) for service in document["services"]] == [
        ("order-select", "baclofen-order-select"),
        ("medication-refill", "baclofen-medication-refill"),
        ("order-sign", "baclofen-order-sign"),
        ("patient-view", "baclofen-patient-view"),
        ("encounter-start", "baclofen-encounter-start"),
        ("encounter-discharge", "baclofen-encounter-discharge"),
    ]
    orders, record = document["services"][:3], document["services"][3:]
    assert all(service["prefetch"] == dict(PREFETCH) for service in orders)
    assert all(service["prefetch"].items() < PREFETCH.items() for service in record)


def test_a_hook_without_orders_asks_for_what_its_rules_need():
    keys = {service.hook: set(service.prefetch) for service in SERVICES}
    topics = {
        "medications": {"medicationRequests", "medicationStatements"},
        "renal_labs": {"renalLabs"},
        "pump_readings": {"pumpReadings"},
    }
    knowledge = load_knowledge()
    for rule in all_rules():
        for hook in rule.hooks - ORDER_HOOKS:
            for topic in knowledge.rule(rule.id).needs:
                assert topics.get(topic, {topic}) <= keys[hook], f"{rule.id} at {hook} needs {topic}"


def test_ids_are_unique():
    assert len({service.id for service in SERVICES}) == len(SERVICES)


def test_templates_use_tokens_of_2_0_1_only():
    for template in PREFETCH.values():
        for token in re.findall(r"\{\{(.*?)\}\}", template):
            assert token in ("context.patientId", "context.userId", "context.encounterId")


def test_templates_use_the_allowed_search_subset_only():
    for template in PREFETCH.values():
        _, _, query = template.partition("?")
        names = [part.partition("=")[0] for part in query.split("&") if part]
        assert set(names) <= {"patient", "code", "_sort", "_count"}
        assert not names or names[0] == "patient"


def test_laboratory_codes_carry_their_system_and_stand_once():
    for key in ("renalLabs", "bodyMeasures", "socialHistory"):
        codes = PREFETCH[key].partition("code=")[2].partition("&")[0].split(",")
        assert all(re.fullmatch(r"http://loinc\.org\|\d+-\d", code) for code in codes)
        assert len(set(codes)) == len(codes)
    assert "98979-8" in PREFETCH["renalLabs"]
    assert "2160-0" in PREFETCH["renalLabs"]


def test_loinc_check_digits():
    for number, digit in re.findall(r"\|(\d+)-(\d)", "".join(PREFETCH.values())):
        doubled = "".join(str(int(n) * (2 if place % 2 == 0 else 1)) for place, n in enumerate(reversed(number)))
        assert (-sum(map(int, doubled))) % 10 == int(digit), number


def test_pump_readings_are_asked_for_by_the_codes_that_the_chart_needs():
    query = Query.parse(PREFETCH["pumpReadings"])
    assert query is not None
    assert query.answers(PUMP_READINGS)
    assert not query.answers(LABORATORY)
    devices = Query.parse(PREFETCH["devices"])
    assert devices is not None
    assert devices.answers(DEVICES)
