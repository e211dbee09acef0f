import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.fhir.dosage_text import read_text
from cds.fhir.sig import MAX_TEXT, read_sig
from cds.pharmacology.dose import Span
from tests.fhir.orders import TABLETS, span

# text, mg a day
DAILY = [
    # English
    ("Take 1 tablet (10 mg total) by mouth 3 (three) times daily.", span(30)),
    ("TAKE TWO TABLETS BY MOUTH TWICE A DAY FOR MUSCLE SPASMS", span(40)),
    ("take 1 1/2 tabs po tid", span(45)),
    ("Take 1 and 1/2 tablets three times daily", span(45)),
    ("one-half tablet by mouth b.i.d.", span(10)),
    ("15 mg every 8 hours", span(45)),
    ("5 mg q4-6h", span(20, 30)),
    ("10 mg 6-hourly", span(40)),
    ("1 to 2 tablets four times a day", span(40, 80)),
    ("10 mg to 20 mg qid", span(40, 80)),
    ("2 tabs every morning and 1 tab at bedtime", span(30)),
    ("5mg tds, 15mg nocte", span(30)),
    ("20 mg with breakfast and dinner", span(40)),
    ("10 mg with meals", span(30)),
    ("10 mg three times a day with meals", span(30)),
    ("1 tab at 8am, 2pm and 8pm", span(30)),
    ("1 tab daily on Monday, Wednesday and Friday", Span.of(Fraction(30, 7))),
    ("20 mg every other day", span(10)),
    ("45 mg/day in 3 divided doses", span(45)),
    ("60 mg a day in divided doses", span(60)),
    ("3 x 10 mg per day", span(30)),
    ("10 mg x3", span(30)),
    ("10 mg 3x/d", span(30)),
    ("Baclofen 10 mg tablets: take two three times a day", span(60)),
    ("1 tab TID x 30 days. Disp 90, refills 2", span(30)),
    ("Take 10 mg TID. Follow up in 2 weeks.", span(30)),
    ("0-1-2", span(30)),
    ("10-10-20 mg", span(40)),
    # French
    ("1 cp 3 fois par jour pendant 7 jours", span(30)),
    ("un demi-comprimé le matin et un comprimé et demi le soir", span(20)),
    ("½ cp matin, 1 cp midi, 1,5 cp au coucher", span(30)),
    ("1 cp 3/j", span(30)),
    ("1 cp x 4 / j", span(40)),
    ("2 gélules toutes les 8 heures", span(60)),
    ("1 cp à 8h, 14h et 20h", span(30)),
    ("60 mg par jour en 4 prises", span(60)),
    ("1 comprimé par prise, 3 prises par jour", span(30)),
    ("trois comprimés par jour, à répartir", span(30)),
    ("10 mg un jour sur deux", span(5)),
    ("1 cp le lundi et le jeudi", Span.of(Fraction(20, 7))),
    ("prendre 10 mg le matin, 10 mg le midi et 20 mg le soir", span(40)),
    ("baclofène 10 mg cp : 1 à 2 cp 3 fois par jour", span(30, 60)),
]


@pytest.mark.parametrize(("text", "daily"), DAILY, ids=lambda value: str(value)[:40])
def test_daily_dose(text, daily):
    phases, problems, _ = read_text(text, TABLETS)
    assert problems == ()
    assert [phase.daily for phase in phases] == [daily]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("5 mg TID for 3 days then 10 mg TID for 3 days then 15 mg TID", [(3, 15), (3, 30), (None, 45)]),
        ("5 mg tds x 1 week; 10 mg tds", [(7, 15), (None, 30)]),
        ("20 mg TID x 7 days, then 10 mg TID x 7 days, then stop", [(7, 60), (7, 30)]),
        ("10 mg TID then stop", [(None, 30), (None, 0)]),
        ("2 cp le soir pendant 5 jours puis 2 cp le midi et le soir", [(5, 20), (None, 40)]),
        ("10 mg x2/j, augmenter à 10 mg x3/j au bout de 4 jours", [(4, 20), (None, 30)]),
        ("5 mg TID, increase by 5 mg per dose every 3 days until 15 mg TID", [(3, 15), (3, 30), (None, 45)]),
        ("15 mg/j, augmenter de 15 mg/j tous les 3 jours jusqu'à 45 mg/j", [(3, 15), (3, 30), (None, 45)]),
        ("60 mg/day, decrease by 25 mg/day every week until 10 mg/day", [(7, 60), (7, 35), (None, 10)]),
        ("Week 1: 5 mg TID, week 2: 10 mg TID", [(7, 15), (7, 30)]),
        ("J1 à J3 : 15 mg/j ; J4 à J6 : 30 mg/j", [(3, 15), (3, 30)]),
    ],
)
def test_steps(text, steps):
    phases, problems, _ = read_text(text, TABLETS)
    assert problems == ()
    assert [(phase.days, phase.daily.high) for phase in phases] == steps


@pytest.mark.parametrize(
    ("text", "limit", "cap"),
    [
        ("10 mg every 6 hours as needed", 40, None),
        ("1-2 tabs q4h prn pain, not to exceed 8 tabs/day", 80, 80),
        ("10 mg po q8h prn spasm, max 2 doses per day", 20, 20),
        ("1 cp 3 fois par jour si besoin, maximum 4 cp par jour", 30, 40),
        ("1 cp en cas de douleur, sans dépasser 60 mg/j", 60, 60),
        ("10 mg as needed for back pain at worst", None, None),
        ("1 comprimé si douleur", None, None),
    ],
)
def test_as_needed(text, limit, cap):
    (phase,), problems, _ = read_text(text, TABLETS)
    assert phase.as_needed
    assert not phase.scheduled
    assert phase.daily is None
    assert (phase.as_needed_maximum, phase.maximum) == (limit, cap)
    assert all(problem.code == "no-timing" for problem in problems)


@pytest.mark.parametrize(
    "text",
    [
        "Do not take 10 mg TID",
        "10 mg TID except Sundays",
        "10 mg instead of 20 mg TID",
        "1 cp 3 fois par jour sauf le dimanche",
        "10 mg 20 mg TID",
        "1,000 mcg daily",
        "1.000 mg daily",
        "10 mg twice",
        "10 mg x30",
        "10 mg TID, 20 mg QID",
        "increase by 5 mg every 3 days to 60 mg/day",
        "5 mg TID, increase by 5 mg every 3 days until 20 mg TID",
        "if no relief take 20 mg",
        "10 mg q12",
        "3/7 mg weirdly TID",
        "10 mg BID 3 times daily",
        "5 mg/kg/jour xyz 3 fois",
    ],
)
def test_what_is_not_understood_is_a_problem_and_never_a_dose(text):
    phases, problems, _ = read_text(text, TABLETS)
    assert phases == () or all(phase.daily is None for phase in phases)
    assert problems


@pytest.mark.parametrize(
    "text", ["", "   ", "as directed", "comme indiqué", "Take with food", "See the leaflet.", "((((", "…"]
)
def test_a_text_without_a_dose_says_none(text):
    phases, problems, _ = read_text(text, TABLETS)
    assert phases == ()
    assert problems


def test_another_medicine_in_the_text_is_not_added_and_is_named():
    phases, problems, _ = read_text("10 mg TID and diazepam 5 mg at night", TABLETS)
    assert [phase.daily for phase in phases] == [span(30)]
    assert "diazepam" in problems[0].text


def test_a_maximum_alone_is_no_dose():
    (phase,), problems, _ = read_text("Maximum 80 mg per day", TABLETS)
    assert (phase.daily, phase.maximum) == (None, 80)
    assert problems


def test_two_ways_to_say_a_dose_must_agree():
    (phase,), problems, _ = read_text("Take 1 tablet (20 mg) three times daily", TABLETS)
    assert phase.daily == span(60)
    assert [problem.code for problem in problems] == ["amounts-disagree"]


def test_long_texts_are_refused():
    assert read_sig("10 mg TID " * MAX_TEXT).problems


@pytest.mark.parametrize(
    "piece", ["(", "1-", "1 ", "a ", "1/2 ", "every ", "½", "mg/", "1 tab and ", "10 mg TID then ", "b.i."]
)
def test_hostile_texts_take_no_time(piece):
    started = time.perf_counter()
    read_sig((piece * MAX_TEXT)[:MAX_TEXT], name=piece)
    assert time.perf_counter() - started < 0.5


@given(st.text(max_size=MAX_TEXT + 10))
def test_no_text_breaks_the_reader(text):
    read_sig(text)


_WORDS = st.sampled_from(
    "1 2 10 ½ 1,5 mg mL cp tablet TID bid q 8 h fois par jour /j x matin soir and et puis then , . ; ( ) - à to prn si besoin max for days "
    "3 jours augmenter de jusqu'à stop every week lundi not foo 1-0-1".split()
)


@given(st.lists(_WORDS, max_size=25))
def test_no_order_of_dosing_words_breaks_the_reader(words):
    phases, problems, _ = read_text(" ".join(words), TABLETS)
    for phase in phases:
        if phase.daily is not None:
            assert 0 <= phase.daily.low <= phase.daily.high
    assert phases or problems


@given(tablets=st.integers(1, 20), times=st.integers(1, 6))
def test_french_and_english_say_the_same(tablets, times):
    english = read_text(f"{tablets} tablets {times} times a day", TABLETS)[0]
    french = read_text(f"{tablets} comprimés {times} fois par jour", TABLETS)[0]
    assert english == french
    assert english[0].daily == span(tablets * times * 10)
