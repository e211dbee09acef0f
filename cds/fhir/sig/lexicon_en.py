"""English words of dosing instructions, in small letters without accents: phrase → token and its meaning.

Meanings: numbers and days as fractions, units as UCUM, rhythm as intakes a day. A phrase with an empty token says nothing about the dose.
"""

from __future__ import annotations

from fractions import Fraction

Meaning = tuple[str, object]

_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()

ENGLISH: dict[str, Meaning] = {
    **{word: ("NUM", Fraction(value)) for value, word in enumerate(_NUMBERS)},
    **dict.fromkeys(("half", "one half", "one-half", "1 half"), ("NUM", Fraction(1, 2))),
    **dict.fromkeys(("quarter", "one quarter"), ("NUM", Fraction(1, 4))),
    "three quarters": ("NUM", Fraction(3, 4)),
    "one and a half": ("NUM", Fraction(3, 2)),
    "one and one half": ("NUM", Fraction(3, 2)),
    **dict.fromkeys(("and a half", "and one half"), ("ANDHALF", None)),
    **dict.fromkeys(
        ("tab", "tabs", "tablet", "tablets", "tbl", "pill", "pills", "cap", "caps", "capsule", "capsules"),
        ("UNIT", "{tbl}"),
    ),
    **dict.fromkeys(("packet", "packets", "sachet", "sachets", "caplet", "caplets"), ("UNIT", "{tbl}")),
    **dict.fromkeys(("mg", "mgs", "milligram", "milligrams"), ("UNIT", "mg")),
    **dict.fromkeys(("g", "gm", "gram", "grams"), ("UNIT", "g")),
    **dict.fromkeys(("mcg", "mcgs", "ug", "μg", "microgram", "micrograms"), ("UNIT", "ug")),
    **dict.fromkeys(("ml", "mls", "cc", "milliliter", "milliliters", "millilitre", "millilitres"), ("UNIT", "mL")),
    **dict.fromkeys(("l", "liter", "litre"), ("UNIT", "L")),
    **dict.fromkeys(
        ("patch", "patches", "drop", "drops", "puff", "puffs", "spray", "sprays", "unit", "units", "u", "iu"),
        ("UNIT", "?"),
    ),
    **dict.fromkeys(
        ("teaspoon", "teaspoons", "tsp", "tablespoon", "tbsp", "suppository", "suppositories", "ea", "each dose"),
        ("UNIT", "?"),
    ),
    **dict.fromkeys(
        ("meq", "mmol", "vial", "vials", "ampoule", "ampoules", "syringe", "mg kg", "cm", "inch"), ("UNIT", "?")
    ),
    **dict.fromkeys(("kg", "m2", "kilogram", "kilo"), ("BODY", None)),
    **dict.fromkeys(("times", "time"), ("TIMES", None)),
    "once": ("NTIMES", Fraction(1)),
    "twice": ("NTIMES", Fraction(2)),
    "thrice": ("NTIMES", Fraction(3)),
    **dict.fromkeys(("daily", "per diem", "everyday"), ("DAILY", Fraction(1))),
    "nightly": ("MOMENT", "NIGHT"),
    "weekly": ("DAILY", Fraction(7)),
    "biweekly": ("NOT", None),
    "monthly": ("DAILY", Fraction(487, 16)),
    "hourly": ("HOURLY", Fraction(1, 24)),
    **dict.fromkeys(("per", "in a"), ("PER", None)),
    **dict.fromkeys(("every", "each", "q"), ("EVERY", None)),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "h"), ("TIMEUNIT", Fraction(1, 24))),
    **dict.fromkeys(("minute", "minutes", "min", "mins"), ("TIMEUNIT", Fraction(1, 1440))),
    **dict.fromkeys(("day", "days", "d"), ("TIMEUNIT", Fraction(1))),
    **dict.fromkeys(("week", "weeks", "wk", "wks"), ("TIMEUNIT", Fraction(7))),
    **dict.fromkeys(("month", "months"), ("TIMEUNIT", Fraction(487, 16))),
    **dict.fromkeys(("qd", "od", "qday"), ("LATIN", Fraction(1))),
    **dict.fromkeys(("bid", "bd", "bds", "b i d"), ("LATIN", Fraction(2))),
    **dict.fromkeys(("tid", "tds", "t i d"), ("LATIN", Fraction(3))),
    **dict.fromkeys(("qid", "qds", "q i d"), ("LATIN", Fraction(4))),
    **dict.fromkeys(
        ("qod", "every other day", "every second day", "alternate days", "on alternate days"), ("LATIN", Fraction(1, 2))
    ),
    **dict.fromkeys(("qam", "q am", "every am", "every morning", "each morning"), ("MOMENT", "MORN")),
    **dict.fromkeys(("qpm", "q pm", "every pm", "every evening", "each evening"), ("MOMENT", "EVE")),
    **dict.fromkeys(
        ("qhs", "hs", "q hs", "at bedtime", "bedtime", "before bed", "at hs", "every bedtime"), ("MOMENT", "NIGHT")
    ),
    **dict.fromkeys(("at night", "every night", "each night", "night", "nocte", "on retiring"), ("MOMENT", "NIGHT")),
    **dict.fromkeys(("in the morning", "morning", "mane", "in am", "in the am", "am"), ("MOMENT", "MORN")),
    **dict.fromkeys(("at noon", "noon", "midday", "at midday", "lunchtime"), ("MOMENT", "NOON")),
    **dict.fromkeys(("in the afternoon", "afternoon"), ("MOMENT", "AFT")),
    **dict.fromkeys(("in the evening", "evening", "in pm", "in the pm", "pm"), ("MOMENT", "EVE")),
    **dict.fromkeys(
        ("with breakfast", "before breakfast", "after breakfast", "at breakfast", "breakfast"), ("MOMENT", "CM")
    ),
    **dict.fromkeys(("with lunch", "before lunch", "after lunch", "at lunch", "lunch"), ("MOMENT", "CD")),
    **dict.fromkeys(
        ("with dinner", "before dinner", "after dinner", "at dinner", "dinner", "supper", "with supper"),
        ("MOMENT", "CV"),
    ),
    **dict.fromkeys(("evening meal", "with the evening meal", "with evening meal"), ("MOMENT", "CV")),
    **dict.fromkeys(
        ("with meals", "before meals", "after meals", "with each meal", "before each meal", "after each meal"),
        ("MEAL", None),
    ),
    **dict.fromkeys(("with every meal", "at meals", "ac", "pc", "cc meals", "between meals"), ("MEAL", None)),
    **{word: ("WEEKDAY", number) for number, word in enumerate(_WEEKDAYS)},
    **{f"{word}s": ("WEEKDAY", number) for number, word in enumerate(_WEEKDAYS)},
    **{word[:3]: ("WEEKDAY", number) for number, word in enumerate(_WEEKDAYS)},
    **dict.fromkeys(("tues", "weds", "thurs", "thur"), ("NOT", None)),
    **dict.fromkeys(("for", "during"), ("FOR", None)),
    **dict.fromkeys(
        ("then", "and then", "followed by", "thereafter", "afterwards", "after that", "from there"), ("THEN", None)
    ),
    **dict.fromkeys(("and", "plus", "with another"), ("AND", None)),
    **dict.fromkeys(("to", "or", "through", "thru"), ("TO", None)),
    **dict.fromkeys(("up to", "until"), ("UNTIL", None)),
    "after": ("AFTER", None),
    **dict.fromkeys(
        ("prn", "as needed", "when needed", "if needed", "as required", "when required", "if required"), ("PRN", None)
    ),
    **dict.fromkeys(
        ("as necessary", "when necessary", "if necessary", "only if needed", "only as needed"), ("PRN", None)
    ),
    **dict.fromkeys(
        ("max", "maximum", "not to exceed", "do not exceed", "do not exceed more than", "to a maximum of", "nte"),
        ("MAX", None),
    ),
    **dict.fromkeys(
        ("no more than", "not more than", "at most", "maximum daily dose", "max daily dose", "do not take more than"),
        ("MAX", None),
    ),
    **dict.fromkeys(
        ("increase", "increasing", "titrate up", "raise", "increase dose", "increase the dose"), ("CHANGE", 1)
    ),
    **dict.fromkeys(
        ("decrease", "decreasing", "reduce", "reducing", "lower", "taper down", "reduce dose", "decrease dose"),
        ("CHANGE", -1),
    ),
    **dict.fromkeys(("stop", "discontinue", "off", "then off"), ("STOP", None)),
    **dict.fromkeys(("in divided doses", "divided doses", "divided", "in equally divided doses"), ("DIVIDED", None)),
    **dict.fromkeys(("doses", "divided doses", "intakes"), ("DOSES", None)),
    **dict.fromkeys(("per dose", "each dose", "a dose", "per intake"), ("PERDOSE", None)),
    **dict.fromkeys(("repeat the cycle", "repeat cycle", "repeat"), ("CYCLE", None)),
    **dict.fromkeys(
        ("refill", "refills", "dispense", "disp", "quantity", "qty", "indications", "indication"), ("ENDS", None)
    ),
    **dict.fromkeys(("if", "when", "in case of", "as soon as"), ("IF", None)),
    **dict.fromkeys(
        ("due to", "because of", "according to", "depending on", "to treat", "to prevent", "to help"), ("REASON", None)
    ),
    **dict.fromkeys(
        ("as directed", "titrate", "titration", "taper", "wean", "slowly", "gradually", "as tolerated", "adjust"),
        ("VAGUE", None),
    ),
    **dict.fromkeys(
        ("not", "no", "don t", "dont", "never", "avoid", "except", "hold", "skip", "omit", "without", "unless"),
        ("NOT", None),
    ),
    **dict.fromkeys(
        ("instead", "either", "alternate", "alternating", "double", "extra", "additional", "less", "minus", "missed"),
        ("NOT", None),
    ),
    **dict.fromkeys(
        ("take", "takes", "give", "administer", "use", "swallow", "inject", "insert", "apply", "start", "start with"),
        ("", None),
    ),
    **dict.fromkeys(
        (
            "by mouth",
            "oral",
            "orally",
            "po",
            "intrathecal",
            "intrathecally",
            "via pump",
            "via tube",
            "via g tube",
            "g tube",
            "pump",
        ),
        ("", None),
    ),
    **dict.fromkeys(
        ("the", "of", "in", "on", "at", "by", "be", "is", "taken", "total", "dose", "dosage", "dosing"), ("", None)
    ),
    **dict.fromkeys(
        (
            "with food",
            "with milk",
            "after food",
            "before food",
            "with or without food",
            "with water",
            "with a glass of water",
            "with a meal",
            "whole",
            "please",
        ),
        ("", None),
    ),
    **dict.fromkeys(
        ("initial dose", "initial", "initially", "starting dose", "starting", "continue", "recommended", "sig"),
        ("", None),
    ),
    **dict.fromkeys(
        ("if tolerated", "bolus", "test dose", "about", "total daily dose", "daily dose", "via", "from"), ("", None)
    ),
    **dict.fromkeys(
        ("by intrathecal infusion", "continuous infusion", "by continuous infusion", "infusion", "iv", "im"), ("", None)
    ),
}
