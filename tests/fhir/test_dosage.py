from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.fhir.datatypes import Dosage
from cds.fhir.dosage import read_dosage
from cds.fhir.lenient import fit
from cds.pharmacology.product import Product
from tests.fhir.orders import AMPOULE, INTRATHECAL, LIQUID, TABLETS, UNKNOWN, dose, every, plan, span


def codes(found):
    return [problem.code for problem in found.problems]


def test_mg_three_times_a_day():
    found = plan({**every(3), **dose(10)})
    assert (found.daily, found.dosing_day, found.per_dose, found.doses_per_day) == (
        span(30),
        span(30),
        span(10),
        span(3),
    )
    assert (found.route, found.unit, found.read_from, found.problems) == ("oral", "mg", "structure", ())


def test_decimals_stay_exact():
    assert plan({**every(3), **dose("26.7")}).daily == span("80.1")


def test_tablets_count_through_the_products_strength():
    assert plan({**every(3), **dose("1.5", "{tbl}")}).daily == span(45)


def test_tablets_of_unknown_strength_are_no_dose():
    found = plan({**every(3), **dose(1, "{tbl}")}, product=UNKNOWN)
    assert found.daily is None
    assert codes(found) == ["no-strength"]


def test_a_volume_counts_through_the_products_concentration():
    found = plan({**every(3), **dose(5, "mL")}, product=LIQUID)
    assert found.daily == span(15)
    assert found.by_volume


@pytest.mark.parametrize(("mg_per_ml", "daily"), [(1, 15), (2, 30), (5, 75)])
def test_five_ml_three_times_a_day_is_another_dose_by_product(mg_per_ml, daily):
    product = Product("baclofen", concentration_mg_per_ml=Fraction(mg_per_ml), form="liquid")
    assert plan({**every(3), **dose(5, "mL")}, product=product).daily == span(daily)


def test_a_volume_of_unknown_concentration_is_no_dose():
    found = plan({**every(3), **dose(5, "mL")}, product=UNKNOWN)
    assert found.daily is None
    assert found.by_volume
    assert codes(found) == ["no-concentration"]


def typed(*entries):
    return {
        "doseAndRate": [
            {"type": {"text": kind}, "doseQuantity": {"value": value, "code": code}} for kind, value, code in entries
        ]
    }


def test_typed_amounts_are_one_dose():
    found = plan({**every(3), **typed(("calculated", 20, "mg"), ("admin-amount", 2, "{tbl}"), ("ordered", 20, "mg"))})
    assert found.daily == span(60)
    assert found.problems == ()


def test_ordered_beats_calculated_by_surface():
    assert plan({**every(2), **typed(("calculated", 1000, "mg/m2"), ("ordered", 18, "mg"))}).daily == span(36)


def test_the_administered_amount_counts_where_no_mass_is_written():
    assert plan({**every(3), **typed(("admin-amount", 2, "{tbl}"))}).daily == span(60)


def test_mg_and_ml_that_disagree_take_the_higher():
    found = plan({**every(3), **typed(("ordered", 10, "mg"), ("admin-amount", 20, "mL"))}, product=LIQUID)
    assert found.daily == span(60)
    assert codes(found) == ["amounts-disagree"]


def test_a_range_runs_from_the_lowest_to_the_highest():
    amounts = {"doseAndRate": [{"doseRange": {"low": {"value": 5, "code": "mg"}, "high": {"value": 10, "code": "mg"}}}]}
    found = plan({**every(2, frequencyMax=3), **amounts})
    assert found.daily == span(10, 30)


def test_without_sequence_or_with_one_number_instructions_add_up():
    morning = {**every(1), **dose(10)}
    evening = {**every(1), **dose(20)}
    assert plan(morning, evening).daily == span(30)
    assert plan({"sequence": 1, **morning}, {"sequence": 1, **evening}).daily == span(30)


def test_numbers_make_phases_in_their_order():
    later = {"sequence": 2, **every(3), **dose(10)}
    earlier = {"sequence": 1, **every(3, boundsDuration={"value": 1, "code": "wk"}), **dose(5)}
    found = plan(later, earlier)
    assert [(phase.days, phase.daily) for phase in found.phases] == [(7, span(15)), (None, span(30))]
    assert found.daily == span(15, 30)


def test_a_last_phase_of_zero_is_a_stop():
    found = plan({"sequence": 1, **every(3), **dose(10)}, {"sequence": 2, **dose(0)})
    assert [phase.daily for phase in found.phases] == [span(30), span(0)]
    assert found.problems == ()


@pytest.mark.parametrize("value", [0, -5])
def test_zero_or_less_is_otherwise_no_dose(value):
    found = plan({**every(3), **dose(value)})
    assert found.daily is None
    assert codes(found) == ["not-positive"]


def test_as_needed_is_limited_by_timing_and_cap():
    cap = {"maxDosePerPeriod": {"numerator": {"value": 80, "code": "mg"}, "denominator": {"value": 1, "code": "d"}}}
    found = plan({**every(1, 4, "h"), **dose(20), **cap, "asNeededBoolean": True})
    assert (found.daily, found.as_needed_maximum, found.maximum) == (None, 80, 80)
    assert plan({**every(1, 8, "h"), **dose(20), **cap, "asNeededBoolean": True}).as_needed_maximum == 60
    assert plan({**dose(20), **cap, "asNeededCodeableConcept": {"text": "spasm"}}).as_needed_maximum == 80
    assert plan({**dose(20), "asNeededBoolean": True}).as_needed_maximum is None


def test_as_needed_beside_a_schedule():
    found = plan({**every(3), **dose(10)}, {**every(2), **dose(5), "asNeededBoolean": True})
    assert (found.per_dose, found.as_needed_dose) == (span(5, 10), span(5))
    assert (found.daily, found.as_needed_maximum) == (span(30), 10)
    assert found.phases[0].peak == 40


def test_a_cap_in_doses_and_in_hours():
    cap = {"maxDosePerPeriod": {"numerator": {"value": 1, "code": "{tbl}"}, "denominator": {"value": 6, "code": "h"}}}
    assert plan({**every(3), **dose(1, "{tbl}"), **cap}).maximum == 40


def test_a_cap_below_the_dose_is_named():
    cap = {"maxDosePerPeriod": {"numerator": {"value": 40, "code": "mg"}, "denominator": {"value": 1, "code": "d"}}}
    assert codes(plan({**every(3), **dose(20), **cap})) == ["cap-below-dose"]


def test_r5_and_stu3_shapes():
    cap = [{"numerator": {"value": 80, "code": "mg"}, "denominator": {"value": 1, "code": "d"}}]
    assert plan({**every(1, 4, "h"), **dose(20), "asNeeded": True, "maxDosePerPeriod": cap}).as_needed_maximum == 80
    assert plan({**every(3), "doseQuantity": {"value": 10, "code": "mg"}}).daily == span(30)
    assert plan({**every(3), "doseRange": {"high": {"value": 20, "code": "mg"}}}).daily == span(60)


def test_alternating_days_do_not_add_up_on_one_day():
    first = {**every(1, 2), **dose(10), "additionalInstruction": [{"text": "first day of two"}]}
    second = {**every(1, 2), **dose(15), "additionalInstruction": [{"text": "second day of two"}]}
    found = plan(first, second)
    assert (found.daily, found.dosing_day) == (span("12.5"), span(10, 15))


def test_a_modifier_is_not_passed_over():
    found = plan({**every(3), **dose(10), "modifierExtension": [{"url": "urn:example:reverse"}]})
    assert found.daily is None
    assert codes(found) == ["modifier-extension"]


@pytest.mark.parametrize(
    ("code", "problem"),
    [("U", "unknown-unit"), ("cm", "unknown-unit"), ("mg/kg", "needs-weight"), ("mg/m2", "needs-weight")],
)
def test_units_that_give_no_dose(code, problem):
    found = plan({**every(3), **dose(10, code)})
    assert found.daily is None
    assert codes(found) == [problem]


def test_micrograms_by_mouth_are_computed_and_named():
    found = plan({**every(3), **dose(10_000, "ug")})
    assert found.daily == span(30)
    assert codes(found) == ["micrograms-by-mouth"]


# intrathecal


@pytest.mark.parametrize(
    ("rate", "daily"),
    [
        ({"rateQuantity": {"value": 250, "code": "ug/d"}}, 250),
        ({"rateQuantity": {"value": "0.25", "code": "mg/d"}}, 250),
        ({"rateQuantity": {"value": 10, "unit": "mcg/h"}}, 240),
        ({"rateQuantity": {"value": "0.01", "code": "mL/h"}}, 480),
        ({"rateRatio": {"numerator": {"value": "0.5", "code": "mg"}, "denominator": {"value": 24, "code": "h"}}}, 500),
    ],
)
def test_a_rate_is_micrograms_a_day(rate, daily):
    found = plan({**INTRATHECAL, "doseAndRate": [rate]}, product=AMPOULE)
    assert (found.route, found.unit, found.daily, found.infusion, found.bolus) == (
        "intrathecal",
        "ug",
        span(daily),
        True,
        None,
    )
    assert found.problems == ()


def test_an_amount_beside_a_rate_is_no_bolus():
    both = {"doseQuantity": {"value": 250, "code": "ug"}, "rateQuantity": {"value": 250, "code": "ug/d"}}
    found = plan({**INTRATHECAL, "doseAndRate": [both]}, product=AMPOULE)
    assert (found.daily, found.bolus) == (span(250), None)


@pytest.mark.parametrize("timing", [{}, {"timing": {"event": ["2026-11-20T09:00:00Z"]}}])
@pytest.mark.parametrize("amount", [dose(50, "ug"), dose("0.05", "mg"), dose("0.025", "mL"), {"text": "50 mcg once"}])
def test_a_single_intrathecal_dose_is_a_bolus(timing, amount):
    found = plan({**INTRATHECAL, **timing, **amount}, product=AMPOULE)
    assert (found.bolus, found.daily, found.problems) == (50, None, ())


def test_a_broken_rhythm_is_no_bolus():
    found = plan({**INTRATHECAL, "timing": {"repeat": {"frequency": 3}}, **dose(50, "ug")}, product=AMPOULE)
    assert found.bolus is None
    assert found.problems


# text


def test_text_is_read_where_there_is_no_structure():
    found = plan({"text": "un comprimé le midi et deux au coucher"})
    assert (found.daily, found.read_from) == (span(30), "text")


def test_text_that_says_the_same_is_silent():
    assert (
        plan({**every(3), **dose(10), "text": "Take 1 tablet (10 mg total) by mouth 3 (three) times daily."}).problems
        == ()
    )


@pytest.mark.parametrize(
    "text", ["spasticity", "3 boxes", "take as your doctor said", "10 mg, see the plan of 12.3.", ""]
)
def test_text_that_is_not_understood_is_no_contradiction(text):
    assert plan({**every(3), **dose(10), "text": text}).problems == ()


def test_text_that_says_another_dose_is_named_and_structure_counts():
    found = plan({**every(1), **dose(10), "text": "10 mg three times daily"})
    assert found.daily == span(10)
    assert codes(found) == ["text-disagrees"]


def test_a_rhythm_in_words_completes_a_structured_dose_that_it_repeats():
    assert plan({**dose(10), "text": "1 tablet three times a day"}).daily == span(30)
    found = plan({**dose(5), "text": "5 mg TID for 3 days then 10 mg TID"})
    assert [phase.daily for phase in found.phases] == [span(15), span(30)]


def test_a_rhythm_in_words_of_another_dose_does_not():
    found = plan({**dose(20), "text": "1 tablet three times a day"})
    assert found.daily is None
    assert found.problems


def test_nothing_written():
    assert codes(read_dosage(None, TABLETS)) == ["no-amount"] == codes(read_dosage([], TABLETS))
    assert codes(plan({"text": "as directed"})) == ["no-amount"]
    assert codes(plan({**dose(10)})) == ["no-timing"]


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ({"coding": [{"system": "http://snomed.info/sct", "code": "26643006"}]}, "oral"),
        ({"coding": [{"code": "260548002"}]}, "oral"),
        ({"coding": [{"code": "20053000", "display": "Voie orale"}]}, "oral"),
        ({"text": "par voie intrathécale"}, "intrathecal"),
        ({"coding": [{"display": "Intravenous route"}]}, "intravenous"),
        ({"coding": [{"system": "http://snomed.info/sct", "code": "404820008"}]}, "epidural"),
        ({"coding": [{"system": "http://snomed.info/sct", "code": "6064005"}]}, "topical"),
    ],
)
def test_routes(route, expected):
    assert plan({**every(3), **dose(10), "route": route}).route == expected


# properties

_AMOUNTS = st.decimals("0.1", 1000, places=2)
_COUNTS = st.integers(1, 24)


@given(amount=_AMOUNTS, times=_COUNTS, factor=st.integers(1, 50))
def test_scaling_the_dose_scales_the_day(amount, times, factor):
    once = plan({**every(times), **dose(str(amount))})
    many = plan({**every(times), **dose(str(amount * factor))})
    assert many.daily == once.daily.scaled(factor)
    assert many.dosing_day == once.dosing_day.scaled(factor)


@given(st.lists(st.tuples(_AMOUNTS, _COUNTS), min_size=1, max_size=5), st.randoms())
def test_the_order_of_concurrent_instructions_makes_no_difference(pairs, random):
    dosages = [{**every(times), **dose(str(amount))} for amount, times in pairs]
    shuffled = list(dosages)
    random.shuffle(shuffled)
    assert plan(*dosages).daily == plan(*shuffled).daily == span(sum(amount * times for amount, times in pairs))


@given(low=_AMOUNTS, high=_AMOUNTS, few=_COUNTS, many=_COUNTS, short=_COUNTS, long=_COUNTS)
def test_a_range_has_its_low_end_first(low, high, few, many, short, long):  # noqa: PLR0917
    ends = {"doseRange": {"low": {"value": str(low), "code": "mg"}, "high": {"value": str(high), "code": "mg"}}}
    found = plan({**every(few, short, "h", frequencyMax=many, periodMax=long), "doseAndRate": [ends]})
    assert found.daily.low <= found.daily.high
    assert found.dosing_day.low <= found.dosing_day.high


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(Dosage.__struct_fields__), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(st.lists(st.dictionaries(st.sampled_from(Dosage.__struct_fields__), _JSON, max_size=6), max_size=3))
def test_no_json_breaks_the_reading(documents):
    found = read_dosage([fit(document, Dosage)[0] for document in documents], TABLETS)
    assert found.problems or found.phases


_CODES = st.sampled_from(["mg", "ug", "{tbl}", "mL", "mg/kg", "ug/d", "d", "h", "wk", "", "U"])
_QUANTITY = st.builds(lambda value, code: {"value": value, "code": code}, st.integers(-3, 40), _CODES)
_REPEAT = st.fixed_dictionaries(
    {},
    optional={
        "frequency": st.integers(-1, 30),
        "frequencyMax": st.integers(-1, 30),
        "period": st.integers(-1, 30),
        "periodMax": st.integers(-1, 30),
        "periodUnit": st.sampled_from(["d", "h", "wk", "x"]),
        "when": st.lists(st.sampled_from(["C", "MORN", "EVE"]), max_size=3),
        "dayOfWeek": st.lists(st.sampled_from(["mon", "fri", "x"]), max_size=3),
        "timeOfDay": st.lists(st.just("08:00:00"), max_size=3),
        "boundsDuration": _QUANTITY,
    },
)
_DOSAGES = st.fixed_dictionaries(
    {},
    optional={
        "sequence": st.integers(0, 2),
        "text": st.sampled_from(["10 mg TID", "1 cp/j", "5 mg BID for 4 days then 15 mg BID", "x"]),
        "timing": st.fixed_dictionaries({}, optional={"repeat": _REPEAT, "event": st.just(["2026-01-01"])}),
        "asNeededBoolean": st.booleans(),
        "route": st.sampled_from([INTRATHECAL["route"], {"text": "oral"}]),
        "doseAndRate": st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "doseQuantity": _QUANTITY,
                    "doseRange": st.builds(lambda low, high: {"low": low, "high": high}, _QUANTITY, _QUANTITY),
                    "rateQuantity": _QUANTITY,
                    "rateRatio": st.builds(lambda a, b: {"numerator": a, "denominator": b}, _QUANTITY, _QUANTITY),
                },
            ),
            max_size=3,
        ),
        "maxDosePerPeriod": st.builds(lambda a, b: {"numerator": a, "denominator": b}, _QUANTITY, _QUANTITY),
    },
)


@given(st.lists(_DOSAGES, min_size=1, max_size=3), st.sampled_from([TABLETS, LIQUID, AMPOULE, UNKNOWN]))
def test_an_order_that_is_nearly_right_is_computed_or_named(documents, product):
    found = plan(*documents, product=product)
    for phase in found.phases:
        for amounts in (phase.daily, phase.dosing_day, phase.per_dose):
            assert amounts is None or 0 <= amounts.low <= amounts.high
        assert phase.as_needed_maximum is None or phase.as_needed_maximum >= 0
    told = found.daily or found.dosing_day or found.as_needed_maximum or found.bolus or found.as_needed
    assert told or found.problems


def test_structs_are_decoded_as_they_are_sent():
    raw = b'{"timing":{"repeat":{"frequency":3,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":26.7,"code":"mg"}}]}'
    assert read_dosage([msgspec.json.decode(raw, type=Dosage)], TABLETS).daily == span("80.1")
