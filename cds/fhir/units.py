"""Units that orders and laboratories use, with exact factors to mg, mL, pieces, days, cm, m² and µmol.

A test holds every UCUM factor here against the UCUM library (UCUM 2.1, https://ucum.org/ucum).
"""

from __future__ import annotations

from fractions import Fraction

_F = Fraction

UCUM: dict[str, tuple[str, Fraction]] = {
    "kg": ("mass", _F(1_000_000)),
    "g": ("mass", _F(1000)),
    "mg": ("mass", _F(1)),
    "ug": ("mass", _F(1, 1000)),
    "ng": ("mass", _F(1, 1_000_000)),
    "[lb_av]": ("mass", _F(45_359_237, 100)),
    "[oz_av]": ("mass", _F(45_359_237, 1600)),
    "L": ("volume", _F(1000)),
    "l": ("volume", _F(1000)),
    "dL": ("volume", _F(100)),
    "dl": ("volume", _F(100)),
    "cL": ("volume", _F(10)),
    "mL": ("volume", _F(1)),
    "ml": ("volume", _F(1)),
    "uL": ("volume", _F(1, 1000)),
    "ul": ("volume", _F(1, 1000)),
    "{tbl}": ("count", _F(1)),
    "s": ("time", _F(1, 86_400)),
    "min": ("time", _F(1, 1440)),
    "h": ("time", _F(1, 24)),
    "d": ("time", _F(1)),
    "wk": ("time", _F(7)),
    "mo": ("time", _F(487, 16)),
    "a": ("time", _F(1461, 4)),
    "m": ("length", _F(100)),
    "cm": ("length", _F(1)),
    "mm": ("length", _F(1, 10)),
    "[in_i]": ("length", _F(254, 100)),
    "[ft_i]": ("length", _F(3048, 100)),
    "m2": ("area", _F(1)),
    "mol": ("substance", _F(1_000_000)),
    "mmol": ("substance", _F(1000)),
    "umol": ("substance", _F(1)),
    "nmol": ("substance", _F(1, 1000)),
    "{1.73_m2}": ("{1.73_m2}", _F(1)),
}
"""UCUM code → dimension and exact factor."""

_COUNTS = (
    "tbl tbls tab tabs tablet tablets tbt pill pills cap caps capsule capsules caplet caplets packet packets sachet sachets "
    "comprimé comprimés comprime comprimes cp cps cpr cprs cpé gélule gélules gelule gelules gél gel. stück stück(e) stuck stk tablette "
    "tabletten kapsel kapseln tabl comprimido comprimidos compressa compresse"
)

HUMAN: dict[str, str] = {
    **dict.fromkeys(_COUNTS.split(), "{tbl}"),
    **dict.fromkeys(
        ["tablet(s)", "capsule(s)", "comprimé(s)", "gélule(s)", "gélule ou capsule molle", "oral tablet"], "{tbl}"
    ),
    **dict.fromkeys("kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes".split(), "kg"),
    **dict.fromkeys("g gm gms gram grams gramme grammes".split(), "g"),
    **dict.fromkeys("mg mgs milligram milligrams milligramme milligrammes".split(), "mg"),
    **dict.fromkeys("ug mcg mcgs microgram micrograms microgramme microgrammes".split(), "ug"),
    **dict.fromkeys("ng nanogram nanograms nanogramme nanogrammes".split(), "ng"),
    **dict.fromkeys("lb lbs pound pounds".split(), "[lb_av]"),
    **dict.fromkeys("l litre litres liter liters".split(), "L"),
    "dl": "dL",
    "cl": "cL",
    **dict.fromkeys("ml mls cc millilitre millilitres milliliter milliliters".split(), "mL"),
    "ul": "uL",
    **dict.fromkeys("sec secs second seconds seconde secondes".split(), "s"),
    **dict.fromkeys("min mins minute minutes".split(), "min"),
    **dict.fromkeys("h hr hrs hour hours hour(s) heure heures stunde stunden stunde(n)".split(), "h"),
    **dict.fromkeys("d day days day(s) j jour jours jour(s) tag tage tag(e) 24h 24.h".split(), "d"),
    "24 h": "d",
    **dict.fromkeys("wk wks week weeks week(s) semaine semaines sem woche wochen woche(n)".split(), "wk"),
    **dict.fromkeys("mo month months month(s) mois monat monate monat(e)".split(), "mo"),
    **dict.fromkeys("a y yr yrs year years an ans année années annee annees jahr jahre".split(), "a"),
    "cm": "cm",
    "mm": "mm",
    **dict.fromkeys("m metre metres meter meters".split(), "m"),
    **dict.fromkeys("in inch inches".split(), "[in_i]"),
    "m2": "m2",
    **dict.fromkeys("mmol mmols".split(), "mmol"),
    **dict.fromkeys("umol umols".split(), "umol"),
    **dict.fromkeys(
        ["{1.73_m2}", "{1.73m2}", "1.73m2", "1.73 m2", "1.73_m2", "1,73m2", "1,73 m2", "1.73m^2", "{1.73 m2}"],
        "{1.73_m2}",
    ),
}
"""What people write (casefolded, µ as u) → UCUM code."""

MICROGRAMS = frozenset(text for text, code in HUMAN.items() if code == "ug")
"""Texts that say µg."""

PER_BODY = ("area", "{1.73_m2}")
"""Denominators that need the patient's size; per kg is a mass below a mass."""

CODED_COUNTS = frozenset(
    {
        "15054000",  # EDQM unit of presentation: tablet
        "15012000",  # EDQM unit of presentation: capsule
        "10219000",  # EDQM dose form: tablet
        "10210000",  # EDQM dose form: capsule, hard
        "428673006",  # SNOMED CT: tablet (unit of presentation)
        "428641000",  # SNOMED CT: capsule (unit of presentation)
        "732936001",  # SNOMED CT: tablet
        "732937005",  # SNOMED CT: capsule
        "385055001",  # SNOMED CT: tablet dose form
    }
)
"""Codes of dose units that are counted."""

BASES: dict[frozenset[tuple[str, int]], tuple[str, str]] = {
    frozenset({("[mass]", 1)}): ("mass", "milligram"),
    frozenset({("[length]", 3)}): ("volume", "milliliter"),
    frozenset({("[time]", 1)}): ("time", "day"),
    frozenset({("[length]", 1)}): ("length", "centimeter"),
    frozenset({("[length]", 2)}): ("area", "meter ** 2"),
    frozenset({("[substance]", 1)}): ("substance", "micromole"),
    frozenset({("[mass]", 1), ("[time]", -1)}): ("mass/time", "milligram / day"),
    frozenset({("[length]", 3), ("[time]", -1)}): ("volume/time", "milliliter / day"),
    frozenset({("[mass]", 1), ("[length]", -3)}): ("mass/volume", "milligram / milliliter"),
    frozenset({("[mass]", 1), ("[length]", -2)}): ("mass/area", "milligram / meter ** 2"),
    frozenset({("[substance]", 1), ("[length]", -3)}): ("substance/volume", "micromole / milliliter"),
}
"""Dimensions the UCUM library reports → ours, and the unit that ours counts in."""
