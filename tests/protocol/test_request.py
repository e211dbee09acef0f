import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cds.limits import Limits
from cds.protocol.discovery import SERVICES
from cds.protocol.errors import InvalidField, LimitExceeded, MalformedJson, RequestError, UnknownAddress
from cds.protocol.request import decode_request, service_for, service_for_hook
from cds.protocol.schemas import schema
from tests.calls import ORDER, body, bundle, call, recorded

SIGN = service_for("baclofen-order-sign")
SELECT = service_for("baclofen-order-select")
REFILL = service_for("baclofen-medication-refill")
REQUEST = Draft202012Validator(schema("request"))


def read(document, service=SIGN):
    return decode_request(body(document), service)


def orders(request):
    return [json.loads(bytes(raw)) for raw in request.draft_orders]


def test_a_full_call_is_read_member_by_member():
    request = read(
        call(
            context={"encounterId": "e1"},
            fhirServer="https://ehr.example.org/fhir",
            fhirAuthorization={"access_token": "secret"},
            prefetch={"patient": {"resourceType": "Patient"}, "egfr": None},
            extension={"com.example": 1},
        )
    )
    assert (request.hook, request.service_id) == ("order-sign", "baclofen-order-sign")
    assert request.hook_instance == "6f1c1d2e-5d1b-4b8e-9a3f-2f0c6c0b7a11"
    assert (request.user_id, request.patient_id, request.encounter_id) == ("Practitioner/d1", "p1", "e1")
    assert orders(request) == [ORDER]
    assert request.draft_full_urls == (None,)
    assert request.unreadable_drafts == ()
    assert request.selections is None
    assert {key: json.loads(bytes(raw)) for key, raw in request.prefetch.items()} == {
        "patient": {"resourceType": "Patient"},
        "egfr": None,
    }
    assert request.fhir_server == "https://ehr.example.org/fhir"
    assert json.loads(bytes(request.fhir_authorization)) == {"access_token": "secret"}
    assert json.loads(bytes(request.extension)) == {"com.example": 1}


def test_neither_token_nor_patient_show_in_a_log_line():
    request = read(call(context={"patientId": "p-secret"}, fhirAuthorization={"access_token": "t-secret"}))
    assert "secret" not in repr(request)
    assert "MedicationRequest" not in repr(request)


@pytest.mark.parametrize(
    ("document", "expression", "said"),
    [
        ([], "$this", "object"),
        ("text", "$this", "object"),
        (None, "$this", "object"),
        ({**call(), "hook": None}, "hook", "missing"),
        ({**call(), "hook": {}}, "hook", "non-empty string"),
        ({**call(), "hook": " "}, "hook", "non-empty string"),
        ({**call(), "hook": "order-select"}, "hook", "order-sign"),
        ({**call(), "hookInstance": None}, "hookInstance", "missing"),
        ({**call(), "hookInstance": ""}, "hookInstance", "non-empty string"),
        ({**call(), "hookInstance": ["x"]}, "hookInstance", "non-empty string"),
        ({**call(), "context": None}, "context", "missing"),
        ({**call(), "context": []}, "context", "an array"),
        ({**call(), "context": "x"}, "context", "a string"),
        (call(context={"patientId": None}), "context.patientId", "missing"),
        (call(context={"patientId": {}}), "context.patientId", "non-empty string"),
        (call(context={"patientId": "Patient/"}), "context.patientId", "no id"),
        (call(context={"draftOrders": "x"}), "context.draftOrders", "a string"),
        (call(context={"draftOrders": 3}), "context.draftOrders", "a number"),
        (call(prefetch=[]), "prefetch", "an array"),
        (call(prefetch="x"), "prefetch", "a string"),
        (call(prefetch=True), "prefetch", "a boolean"),
    ],
)
def test_what_cannot_be_understood_is_named(document, expression, said):
    with pytest.raises(InvalidField, match=said) as caught:
        read(document)
    assert caught.value.expression == expression
    assert caught.value.status == 400
    assert said in json.loads(caught.value.operation_outcome())["issue"][0]["details"]["text"]


@pytest.mark.parametrize("key", ["hook", "hookInstance", "context"])
def test_a_member_left_out_is_missing(key):
    document = call()
    del document[key]
    with pytest.raises(InvalidField, match="missing") as caught:
        read(document)
    assert caught.value.expression == key


@pytest.mark.parametrize(
    ("content", "line", "column", "said"),
    [
        (b"", 1, 1, "Expecting value"),
        (b'{\n  "hook": order-sign\n}', 2, 11, "Expecting value"),
        (b'{"hook" "order-sign"}', 1, 9, "delimiter"),
        (b'{"hook": "order-sign', 1, 10, "Unterminated string"),
        (b'{"a": 1}\n}', 2, 1, "Extra data"),
        (b"[1] x", 1, 5, "Extra data"),
        (b'{"a": "caf\xe9"}', 1, 11, "not UTF-8"),
        (b'{\n"\xc3\xa9": "\xff"}', 2, 7, "not UTF-8"),
        (b'{"a": 01}', 1, 8, "delimiter"),
        (b'{"a": NaN}', 1, 7, "NaN"),
        (b'{"a": 1,\n "\xc3\xa9": [-Infinity]}', 2, 9, "Infinity"),
        (b'{"a": "x\ty"}', 1, 9, "control character"),
        (b'{"a": ' + b"[" * 100_000, None, None, "nested too deeply"),
        (b'{"a": "\\ud800"}', 1, 8, "half of a surrogate pair"),
        (b'{"a": "\\ud83d\\ude00",\n "b": ["\\uDE00"]}', 2, 9, "half of a surrogate pair"),
        (b'{"\\udbff\\ud83d": 1}', 1, 3, "half of a surrogate pair"),
    ],
)
def test_a_json_error_says_line_and_column(content, line, column, said):
    with pytest.raises(MalformedJson, match=said) as caught:
        decode_request(content, SIGN)
    assert (caught.value.line, caught.value.column) == (line, column)
    if line:
        assert f"line {line}, column {column}" in str(caught.value)


def test_a_byte_order_mark_does_no_harm():
    assert decode_request(b"\xef\xbb\xbf" + body(call()), SIGN).patient_id == "p1"
    assert decode_request(b"\xef\xbb\xbf \n" + json.dumps(call(), separators=(",", ":")).encode(), SIGN)


@pytest.mark.parametrize("separators", [None, (",", ":")])
@pytest.mark.parametrize(
    ("member", "doubled", "named"),
    [
        ('"hook"', '"hook":"order-select",', "hook"),
        ('"context"', '"context":{},', "context"),
        ('"prefetch"', '"prefetch":null,', "prefetch"),
        ('"patientId"', '"patientId":"p2",', "context.patientId"),
        ('"draftOrders"', '"\\u0064raftOrders":{},', "context.draftOrders"),
        ('"dosageInstruction"', '"dosageInstruction":[],', "context.draftOrders.entry[0].resource.dosageInstruction"),
        ('"access_token"', '"access_token":"other",', "fhirAuthorization.access_token"),
    ],
)
def test_a_member_said_twice_is_refused_by_name(separators, member, doubled, named):
    document = call(
        context={"draftOrders": bundle({**ORDER, "dosageInstruction": [{"text": "10 mg"}]})},
        fhirAuthorization={"access_token": "t"},
        prefetch={"patient": {"resourceType": "Patient", "id": "p1"}},
    )
    text = json.dumps(document, separators=separators)
    assert decode_request(text.encode(), SIGN)
    assert text.count(member) == 1
    with pytest.raises(InvalidField, match="stands twice") as caught:
        decode_request(text.replace(member, doubled + member).encode(), SIGN)
    assert caught.value.expression == named


@pytest.mark.parametrize("separators", [None, (",", ":")])
def test_a_prefetched_value_said_twice_is_refused_when_one_is_asked_for(separators):
    text = json.dumps(call(prefetch={"patient": {"resourceType": "Patient", "id": "p1"}}), separators=separators)
    twice = decode_request(text.replace('"patient"', '"patient":null,"patient"').encode(), SIGN)
    with pytest.raises(InvalidField, match="stands twice") as caught:
        len(twice.prefetch)
    assert caught.value.expression == "prefetch.patient"
    assert dict(decode_request(text.encode(), SIGN).prefetch) == {
        "patient": msgspec.Raw(json.dumps({"resourceType": "Patient", "id": "p1"}, separators=separators).encode())
    }


def test_what_prefetch_holds_is_looked_at_when_it_is_read():
    content = body(call(prefetch={"patient": {"id": "p1"}})).replace(b'"id": "p1"', b'"id": "p1", "id": "p2"')
    assert decode_request(content, SIGN).prefetch


@pytest.mark.parametrize(("orders", "refused"), [(2, False), (3, False), (4, True)])
@pytest.mark.parametrize("as_list", [False, True])
def test_number_of_orders(orders, refused, as_list):
    drafts = [ORDER] * orders if as_list else bundle(*[ORDER] * orders)
    content, limits = body(call(context={"draftOrders": drafts})), Limits(orders=3)
    if not refused:
        assert len(decode_request(content, SIGN, limits).draft_orders) == orders
        return
    with pytest.raises(LimitExceeded, match="more than 3 orders") as caught:
        decode_request(content, SIGN, limits)
    assert (caught.value.status, caught.value.expression) == (413, "context.draftOrders")


@pytest.mark.parametrize(("depth", "refused"), [(7, True), (8, False), (9, False)])
def test_depth(depth, refused):
    deep = {
        "resourceType": "MedicationRequest",
        "x": [[1]],
    }  # call, context, Bundle, entry, its element, resource, x, x[0]
    content = body(call(context={"draftOrders": bundle(deep)}))
    if not refused:
        assert decode_request(content, SIGN, Limits(depth=depth)).draft_orders
        return
    with pytest.raises(InvalidField, match="more than 7 deep") as caught:
        decode_request(content, SIGN, Limits(depth=depth))
    assert caught.value.expression == "context.draftOrders.entry[0].resource.x[0]"


@pytest.mark.parametrize("depth", [200, 900])
def test_what_a_decoder_just_manages_is_refused_too(depth):
    content = body(call(extension=None)).replace(b'"extension": null', b'"extension": ' + b"[" * depth + b"]" * depth)
    with pytest.raises(InvalidField, match="more than 64 deep"):
        decode_request(content, SIGN)


@pytest.mark.parametrize(("length", "refused"), [(99, False), (100, False), (101, True)])
@pytest.mark.parametrize("character", ["x", "é"])
def test_length_of_a_string(length, refused, character):
    text = character * (length // len(character.encode())) + "x" * (length % len(character.encode()))
    content = json.dumps(call(context={"draftOrders": bundle({**ORDER, "note": text})}), ensure_ascii=False).encode()
    if not refused:
        assert decode_request(content, SIGN, Limits(string=100))
        return
    with pytest.raises(LimitExceeded, match="longer than 100 bytes") as caught:
        decode_request(content, SIGN, Limits(string=100))
    assert caught.value.expression == "context.draftOrders.entry[0].resource.note"


def test_a_nul_character_is_refused_by_name():
    content = body(call(context={"draftOrders": bundle({**ORDER, "note": "a\0b"})}))
    with pytest.raises(InvalidField, match="NUL") as caught:
        decode_request(content, SIGN)
    assert caught.value.expression == "context.draftOrders.entry[0].resource.note"
    assert decode_request(body(call(context={"draftOrders": bundle({**ORDER, "note": "\\u0000"})})), SIGN)


@pytest.mark.parametrize("number", ["1e999999999", "-1E-999999999", "9" * 10_000, "0." + "1" * 10_000])
def test_numbers_of_any_size_cost_nothing_here(number):
    content = body(call(context={"draftOrders": bundle({**ORDER, "n": 77})})).replace(b"77", number.encode(), 1)
    assert decode_request(content, SIGN).draft_orders


@pytest.mark.parametrize(
    ("given_id", "bare"),
    [
        ("Patient/123", "123"),
        (" 123 ", "123"),
        (123, "123"),
        ("https://ehr.example.org/fhir/Patient/123", "123"),
        ("Patient/123/_history/4", "123"),
        ("urn:oid:1.2.3", "urn:oid:1.2.3"),
    ],
)
def test_a_patient_is_known_by_the_bare_id(given_id, bare):
    assert read(call(context={"patientId": given_id})).patient_id == bare


@pytest.mark.parametrize(
    ("given_id", "bare"), [("Encounter/e", "e"), ("e", "e"), ("Encounter/", None), ({}, None), ("", None)]
)
def test_an_encounter_is_known_by_the_bare_id_or_not_at_all(given_id, bare):
    assert read(call(context={"encounterId": given_id})).encounter_id == bare


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (None, None),
        ("PractitionerRole/r", "PractitionerRole/r"),
        ({"reference": "Practitioner/x"}, "Practitioner/x"),
        (5, None),
    ],
)
def test_a_call_may_name_no_user(user, expected):
    assert read(call(context={"userId": user})).user_id == expected


def test_null_members_count_as_absent():
    nothing = dict.fromkeys(["prefetch", "fhirServer", "fhirAuthorization", "extension"])
    document = call(**nothing)
    document["context"].update(dict.fromkeys(["userId", "encounterId", "selections"]) | {"draftOrders": []})
    request = read(document)
    assert request.prefetch is None
    assert (request.fhir_server, request.fhir_authorization, request.extension) == (None, None, None)
    assert (request.user_id, request.encounter_id, request.draft_orders) == (None, None, ())


def test_members_of_later_versions_are_ignored():
    assert read(call(version="3.0.0", hookVersion="1.1", somethingNew={"a": []})).patient_id == "p1"


def test_a_hook_instance_need_not_be_a_uuid():
    assert read(call(hookInstance="call 7")).hook_instance == "call 7"


SECOND = {**ORDER, "id": "o2"}


@pytest.mark.parametrize(
    ("drafts", "expected"),
    [
        ({}, []),
        ({"resourceType": "Bundle"}, []),
        ({"resourceType": "Bundle", "entry": None}, []),
        ({"resourceType": "Bundle", "entry": []}, []),
        (bundle(ORDER, SECOND), [ORDER, SECOND]),
        ({"entry": [{"resource": ORDER}]}, [ORDER]),
        ({"resourceType": "Bundle", "entry": {"resource": ORDER}}, [ORDER]),
        ({"resourceType": "Bundle", "entry": [ORDER, SECOND]}, [ORDER, SECOND]),
        ([ORDER, SECOND], [ORDER, SECOND]),
        ([{"resource": ORDER}, SECOND], [ORDER, SECOND]),
        ([], []),
        (ORDER, [ORDER]),
        ({"resource": ORDER}, [ORDER]),
    ],
)
def test_orders_are_found_in_every_shape(drafts, expected):
    request = read({**call(), "context": {"patientId": "p1", "draftOrders": drafts}})
    assert orders(request) == expected
    assert request.unreadable_drafts == ()
    assert len(request.draft_full_urls) == len(expected)


@pytest.mark.parametrize(
    ("hook", "member"),
    [("order-sign", "draftOrders"), ("order-select", "draftOrders"), ("medication-refill", "medications")],
)
@pytest.mark.parametrize("given", [{}, {"draftorders": {"entry": []}}, {"draftOrders": None, "medications": None}])
def test_an_order_hook_without_its_orders_is_refused(hook, member, given):
    selections = {"selections": []} if hook == "order-select" else {}
    document = {"hook": hook, "hookInstance": "a", "context": {"patientId": "p1", **selections, **given}}
    content = json.dumps(document).encode()
    with pytest.raises(InvalidField, match=f"context.{member} is missing") as caught:
        decode_request(content, service_for_hook(content))
    assert caught.value.expression == f"context.{member}"
    assert not REQUEST.is_valid(document)


@pytest.mark.parametrize("given", [{}, {"draftOrders": None}, {"selections": None}])
def test_nothing_is_chosen_yet(given):
    """As the public sandbox asks when its tab is clicked again."""
    document = call("order-select")
    document["context"] = {"patientId": "p1", **given}
    assert read(document, SELECT).draft_orders == ()
    assert REQUEST.is_valid(document)


def test_a_call_with_no_order_among_its_draft_orders_has_none():
    assert read(call(context={"draftOrders": {"resourceType": "Bundle"}})).draft_orders == ()


def test_full_urls_stay_beside_their_orders():
    drafts = {"entry": [{"fullUrl": "urn:uuid:1"}, {"fullUrl": "urn:uuid:2", "resource": ORDER}, {"resource": SECOND}]}
    request = read(call(context={"draftOrders": drafts}))
    assert request.draft_full_urls == ("urn:uuid:2", None)
    assert orders(request) == [ORDER, SECOND]


@pytest.mark.parametrize(
    ("drafts", "names"),
    [
        (
            {"entry": [{"resource": ORDER}, {}, {"resource": None}, None, "x"]},
            ("entry[1]", "entry[2]", "entry[3]", "entry[4]"),
        ),
        ({"entry": [{"resource": [ORDER]}]}, ("entry[0]",)),
        ({"entry": "x"}, ("entry",)),
    ],
)
def test_an_entry_that_holds_no_resource_is_named(drafts, names):
    request = read(call(context={"draftOrders": drafts}))
    assert request.unreadable_drafts == tuple(f"context.draftOrders.{name}" for name in names)


def test_elements_of_a_plain_list_are_named_by_their_number():
    request = read(call(context={"draftOrders": [ORDER, None]}))
    assert request.unreadable_drafts == ("context.draftOrders[1]",)


def test_a_refill_brings_medications():
    document = call("medication-refill", context={"draftOrders": None, "medications": bundle(ORDER)})
    assert orders(read(document, REFILL)) == [ORDER]
    document["context"]["medications"]["entry"].append({})
    assert read(document, REFILL).unreadable_drafts == ("context.medications.entry[1]",)


@pytest.mark.parametrize("hook", ["patient-view", "encounter-start", "encounter-discharge"])
@pytest.mark.parametrize("drafts", [bundle(ORDER), [None], "no orders"])
def test_a_hook_without_orders_reads_none(hook, drafts):
    request = read(call(hook, context={"draftOrders": drafts, "medications": drafts}), service_for(f"baclofen-{hook}"))
    assert (request.draft_orders, request.draft_full_urls, request.unreadable_drafts) == ((), (), ())


@pytest.mark.parametrize("hook", ["encounter-start", "encounter-discharge"])
@pytest.mark.parametrize(
    ("encounter", "read_as"), [("e1", "e1"), ("Encounter/e1", "e1"), (None, None), ("Encounter/", None)]
)
def test_an_encounter_that_is_left_out_is_no_error(hook, encounter, read_as):
    document = call(hook, context={"draftOrders": None, "encounterId": encounter})
    assert read(document, service_for(f"baclofen-{hook}")).encounter_id == read_as


@pytest.mark.parametrize(
    ("selections", "expected"),
    [
        (["MedicationRequest/o1"], {"MedicationRequest/o1"}),
        (["MedicationRequest/o1", None, "ServiceRequest/s"], {"MedicationRequest/o1", "ServiceRequest/s"}),
        ("MedicationRequest/o1", {"MedicationRequest/o1"}),
        ([{"reference": "MedicationRequest/o1"}], {"MedicationRequest/o1"}),
        ({"reference": "MedicationRequest/o1"}, {"MedicationRequest/o1"}),
        (None, None),
        ([], None),
        (["MedicationRequest/o1", 7], None),
    ],
)
def test_selections_name_the_chosen_drafts_or_leave_all_of_them(selections, expected):
    assert read(call("order-select", context={"selections": selections}), SELECT).selections == expected


def test_selections_belong_to_order_select():
    assert read(call(context={"selections": ["MedicationRequest/o1"]})).selections is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"response": {"status": "200"}, "resource": {"resourceType": "Patient"}}, {"resourceType": "Patient"}),
        ({"resource": {"resourceType": "Patient"}}, {"resourceType": "Patient"}),
        ({"response": {"status": "404"}}, None),
        (
            {"id": "x", "resourceType": "MessageHeader", "response": {}},
            {"id": "x", "resourceType": "MessageHeader", "response": {}},
        ),
        ({"nothing": 1}, {"nothing": 1}),
        ([1], [1]),
    ],
)
def test_legacy_prefetch_wrappers_are_taken_off(value, expected):
    assert json.loads(bytes(read(call(prefetch={"k": value})).prefetch["k"])) == expected


def test_prefetch_stays_encoded():
    text = json.dumps(call())[:-1] + ', "prefetch": {"k":   {"value": 1.10}}}'
    assert bytes(decode_request(text.encode(), SIGN).prefetch["k"]) == b'{"value": 1.10}'


def test_services_are_found_by_id_and_by_hook():
    assert [service_for(service.id) for service in SERVICES] == list(SERVICES)
    assert service_for_hook(body(call("order-select"))) is SELECT
    with pytest.raises(UnknownAddress, match="baclofen-order-sign") as caught:
        service_for("other")
    assert caught.value.status == 404
    with pytest.raises(InvalidField, match="order-select, medication-refill, order-sign"):
        service_for_hook(body(call("patient-greet")))
    with pytest.raises(InvalidField, match="object"):
        service_for_hook(b"[]")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["entry", "resource", "resourceType", "fullUrl", "reference", "response", "x"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(drafts=JSON, selections=JSON, prefetch=JSON, user=JSON, encounter=JSON)
def test_any_json_is_read_or_refused_by_name(drafts, selections, prefetch, user, encounter):
    document = call("order-select", prefetch=prefetch)
    context = {"draftOrders": drafts, "selections": selections, "userId": user, "encounterId": encounter}
    document["context"].update(context)
    try:
        request = read(document, SELECT)
    except InvalidField:
        assert not REQUEST.is_valid(document)
    else:
        assert len(request.draft_orders) == len(request.draft_full_urls)
        assert all(isinstance(json.loads(bytes(raw)), dict) for raw in request.draft_orders)


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_as_a_request_error(content):
    with pytest.raises(RequestError):
        decode_request(content, SIGN)


def _recorded_body(path):
    document = json.loads(path.read_bytes())
    return document.get("body") or document


@pytest.mark.parametrize(
    "path",
    recorded(
        "sandbox-captures/order-s*[a-z0-9].json",
        "requests/[!m]*.json",
        "cds-hooks-examples/epic-shaped/*.json",
    ),
)
def test_recorded_calls_are_read(path):
    document = _recorded_body(path)
    if "hook" not in document:
        assert path.stem == "order-sign-preflight"
        return
    content = body(document)
    request = decode_request(content, service_for_hook(content))
    assert not list(REQUEST.iter_errors(document))
    assert "/" not in request.patient_id
    assert request.unreadable_drafts == ()
    expected = document["context"].get("draftOrders", {}).get("entry", [])
    assert orders(request) == [entry["resource"] for entry in expected]
    assert (request.selections is not None) == ("selections" in document["context"])
    for key, raw in (request.prefetch or {}).items():
        assert key in document["prefetch"]
        assert "resource" not in (msgspec.json.decode(raw) or {})


@pytest.mark.parametrize("path", recorded("requests/malformed-*.json"))
def test_a_recorded_brace_too_many_is_found(path):
    with pytest.raises(MalformedJson, match="Extra data") as caught:
        decode_request(path.read_bytes(), SIGN)
    assert (caught.value.line, caught.value.column) == (254, 1)
