"""Kidney function: estimated glomerular filtration rate, creatinine clearance, creatinine units.

Pure formulas. Results are not rounded: rules compare the unrounded figure. eGFR is indexed to 1.73 m² of body surface and
creatinine clearance is not; neither stands in for the other.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

Sex = Literal["male", "female"]
Number = int | float | Fraction

UMOL_L_PER_MG_DL = Fraction(884, 10)
"""µmol/L in one mg/dL of creatinine."""

_ADULT_AGE = 18
_OLDEST = 130
_COCKCROFT_GAULT_AGE = 140

_KAPPA: dict[Sex, float] = {"male": 0.9, "female": 0.7}
_ALPHA: dict[Sex, float] = {"male": -0.302, "female": -0.241}
_FEMALE_CKD_EPI = 1.012
_FEMALE_COCKCROFT_GAULT = 0.85
_SCHWARTZ = 0.413


def ckd_epi_2021(creatinine_mg_dl: Number, age_years: Number, sex: Sex) -> float:
    """EGFR of an adult by the CKD-EPI creatinine equation of 2021, mL/min/1.73 m².

    142 × min(Scr/κ, 1)^α × max(Scr/κ, 1)^-1.200 × 0.9938^age × 1.012 [female], with κ 0.9 and α -0.302 (male), κ 0.7 and
    α -0.241 (female). Source: Inker et al., N Engl J Med 2021, as given by the National Kidney Foundation. Valid from 18 years,
    in a steady state: not in acute kidney injury.

    Args:
        creatinine_mg_dl: serum creatinine, mg/dL.
        age_years: age, years.
        sex: `male` or `female`.

    Raises:
        ValueError: creatinine not above zero, age outside 18 to 130, another sex.
    """
    creatinine = _positive("creatinine", creatinine_mg_dl)
    age = _adult_age(age_years)
    _check_sex(sex)
    ratio = creatinine / _KAPPA[sex]
    rate: float = 142 * min(ratio, 1.0) ** _ALPHA[sex] * max(ratio, 1.0) ** -1.2 * 0.9938**age
    return rate * _FEMALE_CKD_EPI if sex == "female" else rate


def cockcroft_gault(creatinine_mg_dl: Number, age_years: Number, weight_kg: Number, sex: Sex) -> float:
    """Creatinine clearance of an adult by Cockcroft and Gault, mL/min, not indexed to body surface.

    (140 - age) × weight / (72 × Scr) × 0.85 [female]. Source: Cockcroft and Gault, Nephron 1976. Valid from 18 years; the
    formula itself ends at 140 years.

    Args:
        creatinine_mg_dl: serum creatinine, mg/dL.
        age_years: age, years.
        weight_kg: body weight, kg.
        sex: `male` or `female`.

    Raises:
        ValueError: creatinine or weight not above zero, age outside 18 to 130, another sex.
    """
    creatinine = _positive("creatinine", creatinine_mg_dl)
    weight = _positive("weight", weight_kg)
    age = _adult_age(age_years)
    _check_sex(sex)
    clearance = (_COCKCROFT_GAULT_AGE - age) * weight / (72 * creatinine)
    return clearance * _FEMALE_COCKCROFT_GAULT if sex == "female" else clearance


def bedside_schwartz(height_cm: Number, creatinine_mg_dl: Number) -> float:
    """EGFR of a child by the bedside Schwartz equation, mL/min/1.73 m².

    0.413 × height / Scr. Source: Schwartz et al., J Am Soc Nephrol 2009, as given by the National Kidney Foundation. Valid from
    1 to under 18 years; the caller knows the age.

    Args:
        height_cm: body height, cm.
        creatinine_mg_dl: serum creatinine, mg/dL, enzymatic method.

    Raises:
        ValueError: height or creatinine not above zero.
    """
    return _SCHWARTZ * _positive("height", height_cm) / _positive("creatinine", creatinine_mg_dl)


def _positive(name: str, value: Number) -> float:
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be above zero, not {number}")
    return number


def _adult_age(age_years: Number) -> float:
    age = float(age_years)
    if not _ADULT_AGE <= age <= _OLDEST:
        raise ValueError(f"age must be {_ADULT_AGE} to {_OLDEST} years, not {age}")
    return age


def _check_sex(sex: str) -> None:
    if sex not in _KAPPA:
        raise ValueError(f"sex must be 'male' or 'female', not {sex!r}")
