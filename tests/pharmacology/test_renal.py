import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.pharmacology.renal import UMOL_L_PER_MG_DL, bedside_schwartz, ckd_epi_2021, cockcroft_gault

SEX = {"M": "male", "F": "female"}
TOLERANCE = 0.05

CKD_EPI = [
    ("F", 55, 0.9, 75.499),
    ("M", 50, 1.0, 91.691),
    ("F", 50, 1.0, 68.633),
    ("F", 50, 0.7, 105.298),
    ("M", 50, 0.9, 104.049),
    ("M", 66, 1.2, 66.695),
    ("F", 66, 1.2, 49.923),
    ("F", 70, 1.1, 54.056),
    ("M", 70, 1.3, 59.099),
    ("M", 65, 1.4, 55.778),
    ("F", 70, 2.0, 26.380),
    ("M", 70, 2.5, 26.964),
    ("M", 60, 5.0, 12.490),
    ("F", 30, 0.5, 129.317),
    ("M", 20, 0.6, 141.725),
    ("F", 45, 4.0, 13.414),
    ("F", 65, 1.04, 59.646),
    ("F", 65, 1.03, 60.342),
    ("F", 75, 1.75, 30.017),
    ("F", 75, 1.76, 29.812),
]
CKD_EPI_MOLAR = [("F", 70, 100, 52.271), ("M", 72, 106, 64.311), ("F", 68, 150, 32.535), ("F", 75, 200, 22.056)]
THRESHOLDS = [
    ("M", 65, {60: 1.3174, 45: 1.6743, 30: 2.3473, 15: 4.1825}),
    ("F", 65, {60: 1.0349, 45: 1.3152, 30: 1.8440, 15: 3.2856}),
    ("M", 75, {60: 1.2509, 45: 1.5897, 30: 2.2288}),
    ("F", 75, {60: 0.9826, 45: 1.2488, 30: 1.7508}),
    ("M", 50, {60: 1.4239, 45: 1.8097, 30: 2.5371}),
    ("F", 50, {60: 1.1185, 45: 1.4216, 30: 1.9930}),
]
COCKCROFT_GAULT = [
    ("M", 65, 70, 1.4, 52.083),
    ("F", 45, 60, 0.9, 74.769),
    ("F", 80, 50, 1.0, 35.417),
    ("M", 70, 80, 2.5, 31.111),
    ("M", 60, 72, 1.0, 80.000),
    ("F", 85, 45, 1.2, 24.349),
]
SCHWARTZ = [(100, 0.4, 103.25), (100, 0.5, 82.60), (120, 0.6, 82.60), (140, 1.0, 57.82), (110, 1.5, 30.287)]

creatinines = st.floats(0.1, 20)
adult_ages = st.floats(18, 120)
sexes = st.sampled_from(["male", "female"])


@pytest.mark.parametrize(("sex", "age", "creatinine", "expected"), CKD_EPI)
def test_ckd_epi_2021(sex, age, creatinine, expected):
    assert ckd_epi_2021(creatinine, age, SEX[sex]) == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.parametrize(("sex", "age", "molar", "expected"), CKD_EPI_MOLAR)
def test_ckd_epi_2021_from_micromoles(sex, age, molar, expected):
    assert ckd_epi_2021(molar / float(UMOL_L_PER_MG_DL), age, SEX[sex]) == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.parametrize(
    ("sex", "age", "egfr", "creatinine"),
    [(sex, age, egfr, creatinine) for sex, age, row in THRESHOLDS for egfr, creatinine in row.items()],
)
def test_creatinine_at_each_threshold(sex, age, egfr, creatinine):
    assert ckd_epi_2021(creatinine, age, SEX[sex]) == pytest.approx(egfr, abs=TOLERANCE)
    assert ckd_epi_2021(creatinine + 0.001, age, SEX[sex]) < egfr < ckd_epi_2021(creatinine - 0.001, age, SEX[sex])


def test_the_published_pairs_around_a_threshold_are_not_rounded_together():
    assert ckd_epi_2021(1.04, 65, "female") < 60 < ckd_epi_2021(1.03, 65, "female")
    assert ckd_epi_2021(1.76, 75, "female") < 30 < ckd_epi_2021(1.75, 75, "female")


@pytest.mark.parametrize(("sex", "age", "weight", "creatinine", "expected"), COCKCROFT_GAULT)
def test_cockcroft_gault(sex, age, weight, creatinine, expected):
    assert cockcroft_gault(creatinine, age, weight, SEX[sex]) == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.parametrize(("height", "creatinine", "expected"), SCHWARTZ)
def test_bedside_schwartz(height, creatinine, expected):
    assert bedside_schwartz(height, creatinine) == pytest.approx(expected, abs=TOLERANCE)


@given(creatinines, st.floats(1.001, 3), adult_ages, sexes)
def test_more_creatinine_means_less_function(creatinine, factor, age, sex):
    assert ckd_epi_2021(creatinine * factor, age, sex) < ckd_epi_2021(creatinine, age, sex)
    assert cockcroft_gault(creatinine * factor, age, 70, sex) < cockcroft_gault(creatinine, age, 70, sex)
    assert bedside_schwartz(120, creatinine * factor) < bedside_schwartz(120, creatinine)


@given(creatinines, st.floats(18, 100), st.floats(0.1, 20), sexes)
def test_more_years_mean_less_function(creatinine, age, later, sex):
    assert ckd_epi_2021(creatinine, age + later, sex) < ckd_epi_2021(creatinine, age, sex)
    assert cockcroft_gault(creatinine, age + later, 70, sex) < cockcroft_gault(creatinine, age, 70, sex)


@given(creatinines, adult_ages, sexes)
def test_results_are_positive_numbers(creatinine, age, sex):
    assert 0 < ckd_epi_2021(creatinine, age, sex) < 400
    assert cockcroft_gault(creatinine, age, 70, sex) > 0


@pytest.mark.parametrize("creatinine", [0, -1, float("nan"), float("inf")])
def test_creatinine_outside_the_domain(creatinine):
    for compute in (
        lambda: ckd_epi_2021(creatinine, 50, "male"),
        lambda: cockcroft_gault(creatinine, 50, 70, "male"),
        lambda: bedside_schwartz(120, creatinine),
    ):
        with pytest.raises(ValueError, match="creatinine"):
            compute()


@pytest.mark.parametrize("age", [17.99, 0, -1, 131, float("nan")])
def test_age_outside_the_domain(age):
    with pytest.raises(ValueError, match="age"):
        ckd_epi_2021(1, age, "male")
    with pytest.raises(ValueError, match="age"):
        cockcroft_gault(1, age, 70, "male")


def test_other_arguments_outside_the_domain():
    with pytest.raises(ValueError, match="sex"):
        ckd_epi_2021(1, 50, "unknown")
    with pytest.raises(ValueError, match="weight"):
        cockcroft_gault(1, 50, 0, "male")
    with pytest.raises(ValueError, match="height"):
        bedside_schwartz(0, 1)
