"""The table of rules.md, section 3, row by row and day by day."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.knowledge import load_knowledge

TODAY = date(2026, 11, 22)
SPASTICITY, ALCOHOL, NEUROPATHIC = (frozenset({name}) for name in ("spasticity", "alcohol", "neuropathic"))
BACLOCUR_10, BACLOCUR_20, BACLOCUR_30, BACLOCUR_40 = "66009893", "69650566", "68677400", "69038793"
ZENTIVA = "64073783"

BEFORE = (15, 15, 3, 80, 150)
RTU_2014 = (15, 10, 2, None, 300)
RTU_2017 = (15, 10, 2, 80, 180)
FIRST = (20, 10, 3, 80, 180)
PRESENT = (20, 10, 3, 80, 300)


def regime(jurisdiction="US", indications=SPASTICITY, setting=None, on=TODAY, cis=None):
    return load_knowledge().regime(jurisdiction=jurisdiction, indications=indications, setting=setting, on=on, cis=cis)


def row(found):
    return (found.start, found.step, found.interval_days, found.warn, found.critical)


@pytest.mark.parametrize(
    ("jurisdiction", "indications", "setting", "expected"),
    [
        ("US", SPASTICITY, None, (15, 15, 3, 80, 150)),
        ("CA", SPASTICITY, None, (15, 15, 3, 80, 150)),
        ("UK", SPASTICITY, None, (15, 15, 3, 100, 150)),
        ("DE", SPASTICITY, None, (15, 15, 3, 75, 150)),
        ("FR", SPASTICITY, "outpatient", (15, 15, 3, 80, 150)),
        ("FR", SPASTICITY, "inpatient", (15, 15, 3, 120, 150)),
        ("US", NEUROPATHIC, None, (15, 15, 7, 80, 200)),
        ("FR", NEUROPATHIC, None, (15, 15, 7, 80, 200)),
        ("DE", NEUROPATHIC, None, (15, 15, 7, 80, 200)),
        ("CH", NEUROPATHIC, None, (15, 15, 7, 80, 200)),
        ("US", ALCOHOL, None, (15, 15, 3, 80, 150)),
        ("UK", ALCOHOL, None, (15, 15, 3, 80, 150)),
        ("DE", ALCOHOL, None, (15, 15, 3, 80, 150)),
        ("FR", ALCOHOL, None, PRESENT),
    ],
)
def test_the_table(jurisdiction, indications, setting, expected):
    found = regime(jurisdiction, indications, setting)
    assert row(found) == expected
    assert found.caveats == ()
    assert found.references
    assert isinstance(found.start, Fraction)


@pytest.mark.parametrize(
    ("first_day", "before", "from_then"),
    [
        (date(2014, 3, 17), BEFORE, RTU_2014),
        (date(2017, 7, 24), RTU_2014, RTU_2017),
        (date(2020, 12, 14), RTU_2017, FIRST),
        (date(2021, 11, 18), FIRST, PRESENT),
    ],
)
def test_french_boundaries(first_day, before, from_then):
    earlier = regime("FR", ALCOHOL, on=first_day - timedelta(days=1))
    later = regime("FR", ALCOHOL, on=first_day)
    assert (row(earlier), row(later)) == (before, from_then)
    assert earlier.valid_to == first_day - timedelta(days=1)
    assert later.valid_from == first_day


@pytest.mark.parametrize("cis", [BACLOCUR_10, BACLOCUR_20, BACLOCUR_40])
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2020, 6, 14), RTU_2017),
        (date(2020, 6, 15), FIRST),
        (date(2020, 6, 16), FIRST),
        (date(2020, 6, 17), RTU_2017),
        (date(2020, 11, 24), RTU_2017),
        (date(2020, 11, 25), RTU_2017),
        (date(2020, 12, 13), RTU_2017),
        (date(2020, 12, 14), FIRST),
        (date(2021, 11, 17), FIRST),
        (date(2021, 11, 18), PRESENT),
    ],
)
def test_baclocur_that_was_suspended(cis, on, expected):
    assert row(regime("FR", ALCOHOL, on=on, cis=cis)) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2020, 6, 14), RTU_2017),
        (date(2020, 6, 15), FIRST),
        (date(2020, 6, 17), FIRST),
        (date(2020, 12, 13), FIRST),
    ],
)
def test_baclocur_30_was_never_suspended(on, expected):
    assert row(regime("FR", ALCOHOL, on=on, cis=BACLOCUR_30)) == expected


@pytest.mark.parametrize("cis", [None, ZENTIVA, "60304050"])
def test_other_products_stay_under_the_rtu(cis):
    assert row(regime("FR", ALCOHOL, on=date(2020, 6, 15), cis=cis)) == RTU_2017


def test_baclocur_for_spasticity_is_no_matter_of_the_programme():
    assert row(regime("FR", SPASTICITY, "outpatient", date(2020, 6, 15), BACLOCUR_10)) == BEFORE


def test_what_the_lines_mean():
    assert regime("FR", ALCOHOL).warn_meaning == "recommendation"
    assert regime("FR", ALCOHOL).critical_meaning == "advised_against"
    assert regime("FR", ALCOHOL, on=date(2021, 11, 17)).warn_meaning == "maximum"
    assert regime("FR", ALCOHOL, on=date(2016, 1, 1)).critical_meaning == "ceiling"
    assert regime("US").warn_meaning == "maximum"


def test_the_ladder_begins_with_the_rtu_and_never_lapses():
    assert not regime("FR", ALCOHOL, on=date(2014, 3, 16)).ladder
    for on in (date(2014, 3, 17), date(2017, 7, 24), date(2020, 12, 14), date(2021, 11, 18), date(2040, 1, 1)):
        assert regime("FR", ALCOHOL, on=on).ladder
    assert not regime("US", ALCOHOL).ladder
    assert not regime("FR", SPASTICITY).ladder


def test_an_unknown_indication_is_read_as_spasticity():
    found = regime("UK", frozenset())
    assert (row(found), found.caveats) == ((15, 15, 3, 100, 150), ("indication_unknown",))


def test_an_indication_without_a_regime():
    found = regime("US", frozenset({"other"}))
    assert (row(found), found.caveats) == (BEFORE, ("indication_without_regime",))
    assert regime("US", frozenset({"other", "spasticity"})).caveats == ()


def test_a_jurisdiction_without_a_regime():
    found = regime("CH")
    assert (row(found), found.caveats) == (BEFORE, ("jurisdiction_without_regime",))


def test_gb_is_uk():
    assert regime("GB").id == regime("UK").id


def test_an_unknown_setting_in_france():
    found = regime("FR")
    assert (row(found), found.caveats) == (BEFORE, ("setting_unknown",))
    assert regime("US").caveats == ()


def test_both_indications_take_the_stricter_figure_of_each_column():
    both = SPASTICITY | ALCOHOL
    found = regime("FR", both, "inpatient")
    assert row(found) == (15, 10, 3, 80, 150)
    assert (found.caveats, found.ladder) == (("stricter_of_two",), False)
    assert found.warn_meaning == "recommendation"
    outpatient = regime("FR", both, "outpatient")
    assert outpatient.warn_meaning == "maximum"
    in_2015 = regime("FR", both, "inpatient", date(2015, 1, 1))
    assert row(in_2015) == (15, 10, 3, 120, 150)
    assert row(regime("DE", both)) == (15, 15, 3, 75, 150)
    assert set(regime("FR", frozenset({*both}), None).caveats) == {"stricter_of_two", "setting_unknown"}


@given(
    st.sampled_from(["US", "CA", "UK", "GB", "FR", "DE", "CH", "ZZ", ""]),
    st.frozensets(st.sampled_from(["spasticity", "alcohol", "neuropathic", "other"])),
    st.sampled_from([None, "inpatient", "outpatient"]),
    st.dates(date(1980, 1, 1), date(2060, 1, 1)),
    st.sampled_from([None, BACLOCUR_10, BACLOCUR_20, BACLOCUR_30, BACLOCUR_40, ZENTIVA]),
)
def test_there_is_always_exactly_one_regime(jurisdiction, indications, setting, on, cis):
    found = regime(jurisdiction, indications, setting, on, cis)
    assert found.references
    assert found.warn is None or found.warn <= found.critical
    assert found.start > 0
    assert found.valid_from is None or found.valid_from <= on
    assert found.valid_to is None or on <= found.valid_to
    for caveat in found.caveats:
        assert load_knowledge().note(caveat)
