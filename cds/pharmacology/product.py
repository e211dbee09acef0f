"""A medicinal product as an order names it: strength, form, recognition."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Form = Literal["tablet", "granules", "liquid", "injection", "unknown"]
Recognition = Literal["code", "text", "none"]


@dataclass(frozen=True, slots=True)
class Product:
    """What an order's medication amounts to.

    Attributes:
        name: how the order names it; text of the EHR, to be escaped.
        baclofen: how it was recognised as baclofen: by code, by name, or not at all.
        strength_mg: mg in one tablet, capsule or packet.
        concentration_mg_per_ml: mg in one mL.
        form: the dose form; `unknown` where nothing tells.
        codes: (system, code) pairs, as the order gives them.
        jurisdiction: country of a national product code (FR, US, UK, DE), None where no such code is there.
        weak_jurisdiction: US where only an RxNorm code speaks.
        baclocur: one of the four Baclocur strengths.
        cis: French CIS code, from CIS or CIP.
        authorised_for_alcohol: a French product with alcohol use disorder among its indications.
        told: something tells which drug it is: words, or a code of a system whose codes of baclofen are known.
        compounded: made up by a pharmacy (diluent among the ingredients, or said so).
    """

    name: str
    baclofen: Recognition = "none"
    strength_mg: Fraction | None = None
    concentration_mg_per_ml: Fraction | None = None
    form: Form = "unknown"
    codes: tuple[tuple[str, str], ...] = ()
    jurisdiction: str | None = None
    weak_jurisdiction: str | None = None
    baclocur: bool = False
    cis: str | None = None
    authorised_for_alcohol: bool = False
    told: bool = True
    compounded: bool = False
