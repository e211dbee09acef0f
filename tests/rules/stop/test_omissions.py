from fractions import Fraction

import pytest

from cds.chart.model import Absent, Known, Listing, Unknown
from cds.chart.stay import Stay
from cds.rules.finding import Measure
from cds.rules.stop import admission_omission as admission
from cds.rules.stop import discharge_omission as discharge
from tests.charts import changed, chart, order, phase
from tests.rules.said import level, said

HOME = order(phase(20, 3), status="active", draft=False, categories=frozenset({"community"}))
NOT_SENT = Unknown("the EHR sent no medication list")


def stay(**changes):
    fields = {
        "hours": Known(Fraction(7)),
        "home": (HOME,),
        "home_dose": Known(Fraction(60)),
        "inpatient": Listing(),
        "discharge": Listing(),
    }
    return Stay(**(fields | changes))


def at(hook, setting="inpatient", **changes):
    return chart(hook=hook, setting=setting, stay=stay(**changes))


class TestAdmission:
    @pytest.mark.parametrize("hours", [Known(Fraction(0)), Known(Fraction(7)), Absent(), NOT_SENT])
    def test_at_the_start_whatever_the_hour(self, hours):
        finding = said(admission, at("encounter-start", hours=hours))
        assert level(finding) == ("warning", "start")
        assert finding.values == {"dailyDose": Measure(60, "mg/d")}

    @pytest.mark.parametrize(
        ("hours", "expected"),
        [
            (Known(Fraction(359, 60)), None),
            (Known(Fraction(6)), None),
            (Known(Fraction(361, 60)), ("critical", "late")),
            (Absent(), None),
            (NOT_SENT, None),
        ],
    )
    def test_later_after_six_hours(self, hours, expected):
        assert level(said(admission, at("patient-view", hours=hours))) == expected

    @pytest.mark.parametrize(
        ("hook", "message"), [("encounter-start", "start_dose_unknown"), ("patient-view", "late_dose_unknown")]
    )
    def test_a_dose_that_cannot_be_told(self, hook, message):
        finding = said(admission, at(hook, home_dose=NOT_SENT))
        assert level(finding)[1] == message
        assert finding.values == {}

    @pytest.mark.parametrize("hook", ["encounter-start", "patient-view"])
    @pytest.mark.parametrize(
        "changes",
        [
            {"home": ()},
            {"undecided": (HOME,)},
            {"inpatient": Listing((HOME,))},
            {"inpatient": Listing(missing=NOT_SENT)},
        ],
    )
    def test_silent_without_home_medication_with_an_order_or_where_one_cannot_be_excluded(self, hook, changes):
        assert said(admission, at(hook, **changes)) is None

    @pytest.mark.parametrize("hook", ["encounter-start", "patient-view"])
    @pytest.mark.parametrize("setting", [Known("outpatient"), Absent(), NOT_SENT])
    def test_silent_where_it_is_not_known_to_be_an_admission(self, hook, setting):
        assert said(admission, changed(at(hook), setting=setting)) is None


class TestDischarge:
    def test_critical_with_the_dose(self):
        finding = said(discharge, at("encounter-discharge"))
        assert level(finding) == ("critical", "omitted")
        assert finding.values == {"dailyDose": Measure(60, "mg/d")}
        unknown = said(discharge, at("encounter-discharge", home_dose=NOT_SENT))
        assert level(unknown) == ("critical", "omitted_dose_unknown")

    @pytest.mark.parametrize(
        "changes",
        [
            {"home": ()},
            {"undecided": (HOME,)},
            {"discharge": Listing((HOME,))},
            {"discharge": Listing(missing=NOT_SENT)},
            {"taper_on_record": True},
        ],
    )
    def test_silent_with_an_order_a_taper_or_where_an_order_cannot_be_excluded(self, changes):
        assert said(discharge, at("encounter-discharge", **changes)) is None

    @pytest.mark.parametrize(("setting", "fires"), [(Known("outpatient"), False), (Absent(), True), (NOT_SENT, True)])
    def test_only_a_visit_known_to_be_ambulatory_is_no_discharge(self, setting, fires):
        assert (said(discharge, changed(at("encounter-discharge"), setting=setting)) is not None) == fires

    def test_an_order_for_the_ward_is_no_discharge_order(self):
        assert said(discharge, at("encounter-discharge", inpatient=Listing((HOME,)))) is not None
