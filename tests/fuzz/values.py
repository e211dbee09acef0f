"""Values that break readers: what a JSON member is replaced by."""

from __future__ import annotations

import json
import re
from typing import Any

IMAGE = "<img src=x onerror=alert(1)>"
LINK = "[x](http://e.example)"
"""Planted in requests; no detail of a card may hold them as markup."""


def number(text: str) -> str:
    """A number that Python's encoder would not write so; `encode` writes it as it stands."""
    return f"@@{text}@@"


NUMBERS: tuple[Any, ...] = (
    0,
    -0.0,
    -1,
    1,
    0.1,
    79.999999999,
    80.000000001,
    1e-9,
    2**53 + 1,
    -(2**63) - 1,
    10**30,
    number("1e400"),
    number("-1E+999999999"),
    number("1e-999999999"),
    number("0." + "0" * 400 + "1"),
    number("9" * 5000),
    number("NaN"),
    number("Infinity"),
    number("1.0000000000000000000000000000001"),
    number("01"),
)
STRINGS: tuple[str, ...] = (
    "",
    " ",
    "\t\r\n",
    "\0",
    "\x1b[31m\x07\x08",
    "\u202eogral\u202c \u200f\u2066",
    "💊👩‍⚕️ 😀" * 3,
    "e\u0301\u0302\u0303" * 20,
    "\ud800",
    "\ufeff\ufffe\uffff",
    IMAGE,
    LINK,
    f"baclofen {IMAGE} {LINK}",
    "![p](http://e.example/p.png) **b** `c` | # h\n\n- item\n\n---\n<script>x</script>",
    "javascript:alert(1) &lt;img src=x&gt; &#60;b&#62; http://e.example www.e.example",
    "{drug} {0} %s %(x)s ${x} {{context.patientId}}",
    "'; DROP TABLE x; --",
    "../../etc/passwd",
    "Patient/fixture-patient/_history/1",
    "x" * 5_000,
    "take 1 tablet " * 300,
    "10 mg three times a day",
    "prendre 2 comprimés 4 fois par jour puis 1",
    "٣ mg",
    "１０ mg",
    "null",
    "NaN",
)
DATES: tuple[Any, ...] = (
    "2026",
    "2026-06",
    "2026-6-1",
    "06/01/2026",
    "20260601",
    "2026-06-01T12:00:00",
    "2026-06-01T24:00:00Z",
    "2026-06-01T12:00:60Z",
    "2026-06-01T12:00:00+25:99",
    "2026-06-01T12:00:00.123456789123Z",
    "2026-02-30",
    "2025-02-29",
    "0000-00-00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "99999-01-01",
    "-0044-03-15",
    "2099-01-01",
    "1900-01-01",
    " 2026-06-01 ",
    1780000000000,
    "",
)
UNITS = (
    *"mg ug mcg µg g kg mL mg/mL mg/kg mg/m2 ug/kg/h {tbl} 1 % d h min wk a umol/L mg/dL mmol/L".split(),
    "TAB", "[iU]", "mg/d/d", "10*-3.g", "(mg", "m" * 300, "mL/min/{1.73_m2}", "ml/min/1,73m²", "", "💊",
)  # fmt: skip
CODES = (
    *"1292 197391 430902 5640 7804 72607000 26643006 G35 N18.6 709044004 2160-0 98979-8 active draft".split(),
    "stopped", "cancelled", "on-hold", "entered-in-error", "unknown", "completed", "community", "discharge", "female", "X" * 300,
    "constructor", "__proto__",
)  # fmt: skip
SYSTEMS = (
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "http://snomed.info/sct",
    "http://loinc.org",
    "http://hl7.org/fhir/sid/icd-10",
    "urn:oid:2.16.840.1.113883.6.88",
    "urn:x:unknown",
    "",
)
KINDS: tuple[Any, ...] = (None, True, False, 0, "", "text", [], {}, [[]], [None], [{}], {"": None}, [1, "a", {}])

_RAW = re.compile(r'"@@(.*?)@@"')


def encode(document: Any) -> bytes:
    """JSON in UTF-8 with the numbers of `number`; a lone surrogate stays an escape."""
    return _RAW.sub(r"\1", json.dumps(document)).encode()
