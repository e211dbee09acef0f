"""Figures in words and in rows: every one with its denominator, and no share of a small one."""

import csv
import io
import re
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.feedback.comments import Comments
from cds.feedback.figures import ANY, CardCount, Filters, TallyCount, UnknownCards
from cds.language import catalogue
from cds.web.safety.chosen import BadChoice, read_choices, reason_in, reason_text
from cds.web.safety.files import csv_file
from cds.web.safety.model import percent
from cds.web.safety.overview import latencies, tiles
from cds.web.safety.sections import SECTIONS
from cds.web.safety.telling import Read, Said, Teller
from cds.web.safety.words import Names
from tests.web.pages import KNOWLEDGE, TODAY

ENGLISH, FRENCH = catalogue("en", strict=True), catalogue("fr", strict=True)


def teller(words=ENGLISH):
    return Teller(words, Names(KNOWLEDGE, words))


def cards(count, outcome=None, **what):
    usual = {"day": TODAY, "issuer": "", "unit": "Ward A", "hook": "order-sign", "rule": "RenalSevere"}
    return CardCount(**{"indicator": "critical", "reason": (None, None, None), **usual, **what}, outcome=outcome, count=count)  # fmt: skip


def tally(count, kind, name, detail="", day=TODAY):
    return TallyCount(day=day, kind=kind, name=name, detail=detail, count=count)


def read(*, shown=(), counted=(), given=()):
    return Read(
        chosen=read_choices(dict(given), KNOWLEDGE, TODAY),
        cards=tuple(shown),
        tallies=tuple(counted),
        unknown_cards=UnknownCards(1, 30),
        comments=Comments((), 0, 0),
    )


def rows(section):
    return [dict(zip(section.header, row, strict=True)) for row in section.rows]


@pytest.mark.parametrize(
    ("count", "of", "share", "said", "french"),
    [
        (3, 9, None, "3 of 9", "3 sur 9"),
        (3, 10, 30, "3 of 10 (30 %)", "3 sur 10 (30 %)"),
        (1, 3000, 0, "1 of 3000 (0 %)", "1 sur 3000 (0 %)"),
        (2, 3, None, "2 of 3", "2 sur 3"),
        (20, 30, Fraction("66.7"), "20 of 30 (66.7 %)", "20 sur 30 (66,7 %)"),
        (0, 0, None, "0 of 0", "0 sur 0"),
    ],
)
def test_a_share_stands_with_its_parts_and_not_alone(count, of, share, said, french):
    assert percent(count, of) == share
    assert Said(ENGLISH).part(count, of) == said
    assert Said(FRENCH).part(count, of).replace("\u202f", " ").replace("\xa0", " ") == french


def test_findings_are_counted_in_the_calls_that_concerned_the_service():
    counted = [
        tally(20, "call", "concerned"),
        tally(80, "call", "other"),
        tally(5, "finding", "OralDailyMaximum", "warning"),
        tally(2, "finding", "OralDailyMaximum", "critical"),
        tally(6, "finding", "RenalSevere", "critical"),
    ]
    section = SECTIONS["findings"](read(counted=counted), teller())
    assert section.labels == ("OralDailyMaximum", "RenalSevere")
    assert [(one.name, one.values) for one in section.series[:3]] == [
        ("info", (0, 0)),
        ("warning", (5, 0)),
        ("critical", (2, 6)),
    ]
    assert section.series[3].said == ("35 per 100", "30 per 100")
    assert "in the 20 calls that concerned the service" in section.notes[0]
    assert rows(section)[0] == {
        "rule": "RenalSevere", "indicator": "critical", "findings": 6, "concerned_calls": 20, "per_100_concerned_calls": "30.0",
    }  # fmt: skip


def test_what_silent_rules_found_stands_apart():
    counted = [
        tally(20, "call", "concerned"),
        tally(5, "finding", "OralDailyMaximum", "warning"),
        tally(3, "silenced", "Antihypertensive", "info"),
    ]
    section = SECTIONS["silenced"](read(counted=counted), teller())
    assert section.labels == ("Antihypertensive",)
    assert section.series[3].said == ("15 per 100",)
    assert "no prescriber saw" in section.notes[0]
    assert SECTIONS["findings"](read(counted=counted), teller()).labels == ("OralDailyMaximum",)


@pytest.mark.parametrize(
    ("count", "listed", "fewer"), [(9, (), 1), (10, ("RenalSevere",), 0), (11, ("RenalSevere",), 0)]
)
def test_rules_with_few_cards_are_counted_and_not_ranked(count, listed, fewer):
    section = SECTIONS["overridden"](read(shown=[cards(count, "overridden")]), teller())
    assert section.labels == listed
    assert f"at least 10 cards; rules with fewer, which are not listed: {fewer}." in section.notes[0]


def test_the_rule_at_the_top_is_the_one_of_which_most_is_overridden():
    shown = [
        *(cards(90), cards(10, "overridden")),
        *(cards(5, rule="OralDailyMaximum"), cards(5, "overridden", rule="OralDailyMaximum")),
    ]
    section = SECTIONS["overridden"](read(shown=shown), teller())
    assert section.labels == ("OralDailyMaximum", "RenalSevere")
    assert section.series[0].said == ("5 of 10 (50 %)", "10 of 100 (10 %)")
    assert section.series[0].values == (50, 10)


@pytest.mark.parametrize(("key", "name"), [("rules", "rule"), ("units", "unit")])
def test_what_became_of_cards_adds_up(key, name):
    shown = [cards(6, "accepted"), cards(10, "overridden"), cards(4), cards(3, unit="", rule="Gone")]
    section = SECTIONS[key](read(shown=shown), teller())
    assert [one.values for one in section.series] == [(), (6, 0), (10, 0), (4, 3)]
    assert section.series[3].said == ("4 of 20 (20 %)", "3 of 3")
    first, second = rows(section)
    assert (first["cards"], first["accepted_percent"], first["overridden_percent"]) == (20, "30.0", "50.0")
    assert (second[name], second["cards"], second["accepted_percent"]) == ("Gone" if name == "rule" else "", 3, "")
    assert section.labels[1] == ("Gone" if name == "rule" else "unit not told")


def test_reasons_bear_our_words_or_those_of_the_ehr():
    reasons = [
        ("urn:baclofen-cds:override", "LongTolerated", "Toleriert"),
        ("urn:other", "LongTolerated", "Theirs"),
        ("urn:other", "X1", None),
        (None, None, None),
    ]
    shown = [cards(count, "overridden", reason=reason) for count, reason in zip((9, 5, 4, 2), reasons, strict=True)]
    section = SECTIONS["reasons"](read(shown=[*shown, cards(50, "accepted")]), teller(FRENCH))
    assert section.labels == ("Posologie ancienne, bien tolérée", "Theirs", "X1", "aucun motif donné")
    assert {row["all_overridden"] for row in rows(section)} == {20}


def test_weeks_without_cards_stand_among_the_others_up_to_today():
    shown = [cards(12, "overridden", day=date(2026, 11, 4)), cards(9, "accepted", day=date(2026, 11, 24))]
    counted = [tally(40, "call", "concerned", day=date(2026, 10, 30)), tally(7, "call", "other", day=date(2026, 1, 1))]
    section = SECTIONS["weeks"](read(shown=shown, counted=counted), teller())
    assert section.labels == ("2026-W44", "2026-W45", "2026-W46", "2026-W47", "2026-W48")
    assert section.series[1].values == (None, 100, None, None, None)
    assert section.series[0].said[-1] == "9 of 9"
    assert section.series[3].said[0] == "40"
    assert section.series[4].said[:2] == ("0 per 100", "12 per 0")


def test_the_last_week_is_that_of_the_period_and_never_beyond_today():
    shown = [cards(1, day=date(2026, 11, 4))]
    ends = {"from": "2026-11-01", "to": "2026-11-11"}
    assert SECTIONS["weeks"](read(shown=shown, given=ends), teller()).labels == ("2026-W45", "2026-W46")
    ends["to"] = "8999-01-01"
    assert SECTIONS["weeks"](read(shown=shown, given=ends), teller()).labels[-1] == "2026-W48"
    assert SECTIONS["weeks"](read(), teller()).labels == ()


def test_unknown_readings_have_words():
    kinds = ["renal_labs", "weight", "age", "dose", "renal_function", "unheard_of"]
    counted = [tally(30, "call", "concerned"), *(tally(9 - place, "unknown", kind) for place, kind in enumerate(kinds))]
    section = SECTIONS["unknown"](read(counted=counted), teller())
    assert section.labels == ("renal results", "weight of a child", "age", "dose of the order", "renal function", "unheard_of")  # fmt: skip
    assert section.series[0].said[0] == "9 of 30 (30 %)"


def test_every_topic_of_the_record_has_words():
    names = Names(KNOWLEDGE, FRENCH)
    for key in KNOWLEDGE.notes:
        if key.startswith("topic_"):
            assert names.reading(key.removeprefix("topic_")) != key.removeprefix("topic_")


def test_latencies_say_the_upper_bound_of_their_step():
    counted = [
        tally(98, "latency", "5", "concerned"),
        tally(1, "latency", "100", "concerned"),
        tally(1, "latency", "more", "concerned"),
        tally(4, "latency", "1", "other"),
    ]
    found = latencies(read(counted=counted), teller())
    assert found.lines == (
        ("calls that concerned the service", "100", ("5 ms", "5 ms", "100 ms")),
        ("other calls", "4", ("1 ms", "1 ms", "1 ms")),
    )
    assert found.section.labels[-1] == "over 5000 ms"
    assert ("concerned", "p99", 100, "", 100, "") in found.section.rows
    assert ("concerned", "step", None, 1, 100, "1.0") in found.section.rows
    assert latencies(read(), teller()).section.labels == ()


def test_the_first_figures_say_of_what_they_are():
    counted = [tally(20, "call", "concerned"), tally(80, "call", "other")]
    shown = [cards(5, "accepted"), cards(15, "overridden"), cards(20)]
    said = {one.key: (one.figure, one.of) for one in tiles(read(counted=counted, shown=shown), teller())}
    assert said == {
        "calls": ("100", ""),
        "concerned_calls": ("20", "20 of 100 (20 %) calls"),
        "cards": ("40", "200 per 100 of the 20 calls that concerned the service"),
        "accepted": ("5", "5 of 40 (12.5 %) cards shown"),
        "overridden": ("15", "15 of 40 (37.5 %) cards shown"),
        "no_answer": ("20", "20 of 40 (50 %) cards shown"),
        "unknown_cards": ("1", "1 of 30 (3.3 %) answers told"),
    }


@pytest.mark.parametrize("words", [ENGLISH, FRENCH], ids=["en", "fr"])
@pytest.mark.parametrize("key", SECTIONS)
def test_every_section_tells_its_period(key, words):
    section = SECTIONS[key](read(given={"period": "7"}), teller(words))
    assert words.date(TODAY) in section.notes[-1]
    assert words.date(date(2026, 11, 19)) in section.notes[-1]


@pytest.mark.parametrize(
    ("given", "filters"),
    [
        ({}, {"since": date(2026, 8, 28)}),
        ({"period": "7"}, {"since": date(2026, 11, 19)}),
        ({"period": "7", "from": "2026-01-01", "to": "2026-02-01"}, {"since": date(2026, 11, 19)}),
        ({"from": "2026-01-01", "to": "2026-01-01"}, {"since": date(2026, 1, 1), "until": date(2026, 1, 1)}),
        ({"period": "7", "unit": "~"}, {"since": date(2026, 11, 19), "unit": ""}),
        ({"period": "7", "unit": "Ward\0A", "issuer": " north "}, {"since": date(2026, 11, 19), "unit": "WardA", "issuer": "north"}),
        ({"period": "7", "rule": "Gone"}, {"since": date(2026, 11, 19), "rules": ("Gone",)}),
        ({"period": "7", "family": "age", "rule": "RenalSevere"}, {"since": date(2026, 11, 19), "rules": ()}),
        ({"period": "7", "family": "renal", "rule": "RenalSevere"}, {"since": date(2026, 11, 19), "rules": ("RenalSevere",)}),
        ({"period": "7", "family": "none"}, {"since": date(2026, 11, 19), "rules": ()}),
        ({"period": "7", "hook": "h", "indicator": "info"}, {"since": date(2026, 11, 19), "hook": "h", "indicator": "info"}),
    ],
)  # fmt: skip
def test_what_an_address_chooses(given, filters):
    chosen = read_choices(given, KNOWLEDGE, TODAY)
    assert chosen.filters == Filters(**{"until": TODAY, **filters})
    assert read_choices(chosen.query, KNOWLEDGE, TODAY) == chosen


def test_a_family_is_its_rules():
    chosen = read_choices({"family": "age"}, KNOWLEDGE, TODAY)
    assert set(chosen.filters.rules) == {rule.id for rule in KNOWLEDGE.rules if rule.family == "age"} != set()
    assert chosen.by_rule
    assert not read_choices({"unit": "a"}, KNOWLEDGE, TODAY).by_rule
    assert ANY.rules is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"period": "8"}, "period"),
        ({"period": "dates"}, "from"),
        ({"from": "2026-02-30", "to": "2026-03-01"}, "from"),
        ({"from": "2026-02-01"}, "to"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "to"),
        ({"from": "1969-12-31", "to": "2026-02-01"}, "from"),
        ({"from": "2026-01-01", "to": "9999-12-31"}, "to"),
        ({"page": "0"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "²"}, "page"),
        ({"page": "99999999999999999999"}, "page"),
    ],
)
def test_what_cannot_be_chosen_is_named(given, field):
    with pytest.raises(BadChoice) as bad:
        read_choices(given, KNOWLEDGE, TODAY)
    assert bad.value.field == field


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1", "\r=1", "\n", "＝1"])
def test_no_cell_is_a_formula(text):
    content = csv_file(read().chosen, ("a",), [(text,)]).decode("utf-8-sig")
    *_, row = csv.reader(io.StringIO(content, newline=""))
    assert row[0] == f"'{text}"


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"])), st.integers(-9, 9))
def test_a_file_gives_back_what_was_written(text, number):
    content = csv_file(read().chosen, ("text", "number", "nothing"), [(text, number, None)]).decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(content, newline=""))
    assert header[:5] == ["text", "number", "nothing", "from", "to"]
    assert row[0] in (text, f"'{text}")
    assert not row[0].startswith(("=", "+", "-", "@"))
    assert row[1:3] == [str(number), ""]
    assert row[3:5] == ["2026-08-28", "2026-11-25"]
    assert row[-1] == "service"


def test_reasons_over_time_are_of_the_overridden_cards_of_their_week():
    agreed = ("urn:baclofen-cds:override", "NephrologyAgreed", "x")
    codes = [("urn:s", f"c{number}", f"Reason {number}") for number in range(6)]
    shown = [
        cards(10, "overridden", reason=agreed, day=date(2026, 11, 16)),
        cards(20, "overridden", reason=agreed),
        cards(5, "accepted"),
        *(cards(6 - number, "overridden", reason=reason) for number, reason in enumerate(codes)),
    ]
    section = SECTIONS["weeks-reasons"](read(shown=shown), teller())
    assert section.labels == ("2026-W47", "2026-W48")
    assert [(one.name, one.values) for one in section.series] == [
        ("Agreed with nephrology", (10, 20)),
        ("Reason 0", (0, 6)),
        ("Reason 1", (0, 5)),
        ("Reason 2", (0, 4)),
        ("Reason 3", (0, 3)),
        ("other reasons", (0, 3)),
    ]
    assert section.series[0].said == ("10 of 10 (100 %)", "20 of 41 (48.8 %)")
    assert len(section.rows) == 8
    assert rows(section)[-1] == {
        "week": "2026-W48", "reason_system": "urn:s", "reason_code": "c5", "reason_display": "Reason 5",
        "overridden": 1, "all_overridden": 41, "percent": "2.4",
    }  # fmt: skip


@pytest.mark.parametrize(("key", "member"), [("weeks-rules", "rule"), ("weeks-units", "unit")])
def test_rules_and_units_over_time_are_of_their_cards_of_the_week(key, member):
    shown = [cards(30 + number, "overridden", **{member: f"g{number}"}) for number in range(6)]
    shown += [cards(9, "accepted", day=date(2026, 11, 16), **{member: "g5"}), cards(5, "accepted", **{member: "g5"})]
    section = SECTIONS[key](read(shown=shown), teller())
    assert [one.name for one in section.series] == ["g5", "g4", "g3", "g2", "g1"]
    assert section.labels == ("2026-W47", "2026-W48")
    assert section.series[0].values == (None, Fraction("87.5"))
    assert section.series[0].said == ("0 of 9", "35 of 40 (87.5 %)")
    assert section.series[1].values == (None, 100)
    assert len(section.rows) == 7
    assert rows(section)[0] == {
        "week": "2026-W47", member: "g5", "cards": 9, "accepted": 9, "overridden": 0, "no_answer": 0,
        "accepted_percent": "", "overridden_percent": "",
    }  # fmt: skip


PARTS = st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=20)


@given(PARTS, PARTS, PARTS)
def test_a_reason_survives_the_address(system, code, display):
    reason = (system, code, "" if code else display)
    assert reason_in(reason_text(reason), [("urn:s", "", "others"), (system, code, display)]) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", None),
        ("~", ("", "", "")),
        ("urn:s|c", ("urn:s", "c", "")),
        ("urn:s|c|d", ("urn:s", "c", "")),
        ("a%7Cb|c%25", ("a|b", "c%", "")),
        ("||in words", ("", "", "||in words")),
        ("alone", ("", "", "alone")),
    ],
)
def test_how_an_address_has_a_reason(text, reason):
    assert reason_in(text) == reason
    assert read_choices({"reason": text}, KNOWLEDGE, TODAY).filters.reason == reason


WORDS = ("urn:s", "", "Mme Dupont no longer wants it")


def test_a_reason_in_words_stands_in_the_address_without_them():
    value = reason_text(WORDS)
    assert re.fullmatch("~[0-9a-f]{12}", value)
    assert value != reason_text(("", *WORDS[1:])) != reason_text((*WORDS[:2], "other words"))
    assert reason_in(value) == ("", "", value)
    chosen = read_choices({"reason": value}, KNOWLEDGE, TODAY).among([("urn:s", "c", "x"), WORDS])
    assert chosen.filters.reason == WORDS
    assert chosen.query["reason"] == value


def test_a_file_tells_the_words_of_its_reason():
    chosen = read_choices({"reason": reason_text(WORDS)}, KNOWLEDGE, TODAY).among([WORDS])
    table = csv_file(chosen, ("count",), [(1,)])
    (row,) = csv.DictReader(io.StringIO(table.decode("utf-8-sig")))
    assert row["filter_reason"] == WORDS[2]


def test_with_a_reason_chosen_every_section_says_what_is_left():
    for make in SECTIONS.values():
        notes = make(read(given={"reason": "urn:s|c"}), teller()).notes
        assert any("overridden for the chosen reason" in note for note in notes)
        assert not any("chosen reason" in note for note in make(read(), teller()).notes)


@pytest.mark.parametrize(
    ("calls", "english", "french"),
    [
        (9, "in 9 calls that concerned the service", "pour 9 appels qui concernaient le service"),
        (10, "120 per 100 of the 10 calls that concerned the service", "120 pour 100, pour 10 appels qui concernaient le service"),
    ],
)  # fmt: skip
def test_more_cards_than_calls_are_no_share_of_them(calls, english, french):
    for words, said in ((ENGLISH, english), (FRENCH, french)):
        found = tiles(read(counted=[tally(calls, "call", "concerned")], shown=[cards(12)]), teller(words))
        (of,) = [one.of for one in found if one.key == "cards"]
        assert of.replace("\xa0", " ") == said
    assert (Said(ENGLISH).per_hundred(3, 2), Said(FRENCH).per_hundred(3, 2)) == ("3 per 2", "3 pour 2")
