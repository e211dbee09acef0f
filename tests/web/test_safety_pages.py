"""The dashboard over HTTP: who sees it, what stands in it, its files."""

import asyncio
import contextlib
import csv
import functools
import io
import re
import threading
from datetime import UTC, datetime, timedelta

import pytest

from cds.feedback import AnsweredCall, FeedbackLog, Shown, Tallies
from cds.feedback.demo import DemoFigures
from cds.feedback.source import StoredFigures
from cds.protocol.feedback import FeedbackItem, Reason
from cds.store import StoreUnavailable
from cds.web.accounts import local_area
from cds.web.safety import safety_area
from tests.feedback.told import IDENTITIES, card
from tests.web.pages import KNOWLEDGE, TODAY, Page
from tests.web.site import PASSWORD, in_a_loop, site
from tests.web.test_pages import _headings_go_down_one_at_a_time, _labels_point_at_something

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NASTY = '=HYPERLINK("http://elsewhere.example") <script>alert(1)</script>'
FILES = [
    "overview",
    "findings",
    "silenced",
    "rules",
    "overridden",
    "reasons",
    "units",
    "weeks",
    "weeks-reasons",
    "weeks-rules",
    "weeks-units",
    "unknown",
    "latency",
    "comments",
]


def with_dashboard(made, source=None):
    def area(frame):
        routes = local_area(made.administrator, made.sessions)(frame)
        return [*routes, *safety_area(source or StoredFigures(made.store), KNOWLEDGE, lambda: TODAY)(frame)]

    return area


@contextlib.asynccontextmanager
async def dashboard(tmp_path, *, signed_in=True, source=None, told=True):
    async with site(tmp_path, area=functools.partial(with_dashboard, source=source)) as made:
        await made.administrator.choose(PASSWORD)
        if told:
            await tell(made.store)
        if signed_in:
            await made.sign_in()
        yield made


async def tell(store):
    """Twelve calls in two wards with a card each; nine of them are answered."""
    mine = Tallies(store, NOON.timestamp)
    for seed in range(12):
        unit = "Ward A" if seed < 10 else "Ward B"
        rule, indicator = ("RenalSevere", "critical") if seed < 11 else ("OralDailyMaximum", "warning")
        shown = Shown(card(seed, rule, indicator), rule, indicator)
        mine.note(
            AnsweredCall(
                issuer="north", unit=unit, hook="order-sign", concerned=True, seconds=0.004,
                findings=((rule, indicator),), unknown=("renal_labs",) if seed < 3 else (), cards=(shown,),
            )
        )  # fmt: skip
    mine.note(AnsweredCall(issuer="north", unit="", hook="order-sign", concerned=False, seconds=0.001))
    assert await mine.flush()
    reason = Reason("urn:baclofen-cds:override", "NephrologyAgreed")
    items = [FeedbackItem(card=card(seed), outcome="overridden", reason=reason) for seed in range(6)]
    items[0] = FeedbackItem(card=card(0), outcome="overridden", reason=reason, comment=NASTY)
    items += [FeedbackItem(card=card(seed), outcome="accepted") for seed in range(6, 9)]
    items += [FeedbackItem(card="of another service", outcome="accepted")]
    await FeedbackLog(store, IDENTITIES).record("north", "baclofen-order-sign", items, NOON)


def words_of(answer):
    """The words of a page, those of neighbouring cells apart."""
    return " ".join(" ".join(Page(answer.text).words).split())


def rows(answer):
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@in_a_loop
async def test_only_who_is_signed_in_sees_figures(tmp_path):
    async with dashboard(tmp_path, signed_in=False) as made:
        answer = await made.browser.get("/safety?unit=Ward+A&period=7")
        assert answer.status_code == 303
        assert answer.headers["location"] == "./sign-in?next=safety%3Funit%3DWard%2BA%26period%3D7"
        for key in FILES:
            answer = await made.browser.get(f"/safety/{key}.csv")
            assert (answer.status_code, "Ward A" in answer.text) == (401, False)
        assert (await made.browser.get("/safety?data=Demo")).status_code == 303
        assert (await made.browser.get("/safety?data=demo&data=service")).status_code == 303


@in_a_loop
async def test_anybody_sees_invented_figures_and_nothing_else(tmp_path):
    async with dashboard(tmp_path, signed_in=False) as made:
        for address in ("/safety?data=demo", "/safety?data=service&data=demo"):
            answer = await made.browser.get(address)
            assert answer.status_code == 200
            page = Page(answer.text)
            assert "Invented figures." in page.text
            assert "Ward A" not in answer.text
            assert "demonstration-hospital" in page.text
        for key in FILES:
            answer = await made.browser.get(f"/safety/{key}.csv?data=demo")
            assert {row["data"] for row in rows(answer)} == {"demo"}
            assert answer.headers["content-disposition"] == f'attachment; filename="safety-demo-{key}-2026-08-28-2026-11-25.csv"'  # fmt: skip
            assert "Ward A" not in answer.text


@in_a_loop
async def test_invented_figures_are_made_once_for_anybody_and_beside_the_loop(tmp_path):
    made_in = []
    original = DemoFigures.cards

    async def cards(self, filters):
        made_in.append(threading.current_thread())
        return await original(self, filters)

    with pytest.MonkeyPatch.context() as counted:
        counted.setattr("cds.feedback.demo.DemoFigures.cards", cards)
        async with dashboard(tmp_path, signed_in=False) as made:
            same = await asyncio.gather(*(made.browser.get("/safety?data=demo") for _ in range(5)))
            assert len({answer.text for answer in same}) == 1
            assert len(made_in) == 1
            assert made_in[0] is not threading.main_thread()
            for other in ("/safety?data=demo&lang=fr", "/safety?data=demo&period=7", "/safety/rules.csv?data=demo"):
                first, again = [await made.browser.get(other) for _ in range(2)]
                assert first.text == again.text != same[0].text
            assert len(made_in) == 4
            await made.sign_in()
            signed_in = await made.browser.get("/safety?data=demo")
            assert "Sign out" in signed_in.text
            assert "Sign out" not in same[0].text
            token = Page(signed_in.text).all("input")
            assert any(one.get("name") == "csrf" and one["value"] for one in token)
            await made.submit("/sign-out", page="/rules")
            assert (await made.browser.get("/safety?data=demo")).text == same[0].text


@in_a_loop
async def test_the_page_tells_what_happened(tmp_path):
    async with dashboard(tmp_path) as made:
        answer = await made.browser.get("/safety?period=30")
        assert answer.headers["cache-control"] == "no-store"
        page = Page(answer.text)
        for words in (
            "calls that concerned the service 12 12 of 13 (92.3 %) calls",
            "cards shown 12 100 per 100 of the 12 calls",
            "overridden 6 6 of 12 (50 %) cards shown",
            "accepted 3 3 of 12 (25 %) cards shown",
            "no answer 3 3 of 12 (25 %) cards shown",
            "answers about unknown cards 1 1 of 10 (10 %) answers told",
            "Agreed with nephrology 6 of 6",
            "renal results 3 of 12 (25 %)",
            "Ward B 2 0 of 2 0 of 2 2 of 2",
            "rules with fewer, which are not listed: 1.",
            "Period: 27 October 2026 to 25 November 2026, days in UTC.",
            "Answers with a comment: 1 of 9.",
        ):
            assert words in words_of(answer)
        links = [attrs["href"] for attrs in page.all("a")]
        assert "./rules/RenalSevere" in links
        assert "./safety/rules.csv?period=30" in links
        assert "Invented" not in page.text


@in_a_loop
async def test_comments_are_text_and_no_markup(tmp_path):
    async with dashboard(tmp_path) as made:
        answer = await made.browser.get("/safety")
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert(1)" in answer.text
        (row,) = rows(await made.browser.get("/safety/comments.csv"))
        assert row["comment"] == f"'{NASTY}"
        assert (row["received"], row["unit"], row["outcome"]) == ("2026-11-24T12:00:00Z", "Ward A", "overridden")


@in_a_loop
async def test_filters_choose_and_stay(tmp_path):
    async with dashboard(tmp_path) as made:
        answer = await made.browser.get("/safety?period=7&unit=Ward+B&indicator=warning&lang=fr")
        page = Page(answer.text)
        assert "Unité : Ward B" in page.text.replace("\xa0", " ")
        assert "cartes montrées 1 pour 2 appels" in words_of(answer)
        chosen = [attrs["value"] for attrs in page.all("option") if "selected" in attrs]
        assert chosen == ["7", "Ward B", "warning"]
        assert "./safety?period=7&unit=Ward+B&indicator=warning&lang=en" in [one["href"] for one in page.all("a")]
        (row,) = rows(await made.browser.get("/safety/rules.csv?period=7&unit=Ward+B&indicator=warning"))
        assert (row["rule"], row["cards"], row["accepted_percent"], row["filter_unit"]) == (
            *("OralDailyMaximum", "1", "", "Ward B"),
        )
        by_unit = rows(await made.browser.get("/safety/units.csv?family=renal"))
        assert [(row["unit"], row["cards"]) for row in by_unit] == [("Ward A", "10"), ("Ward B", "1")]
        assert rows(await made.browser.get("/safety/findings.csv?rule=RenalSevere"))[0]["concerned_calls"] == "12"


@in_a_loop
async def test_a_choice_that_is_not_offered_is_shown_as_it_is(tmp_path):
    async with dashboard(tmp_path) as made:
        page = Page((await made.browser.get("/safety?rule=Gone&unit=~&issuer=%22%3E%3Cb%3E")).text)
        assert "No call was counted in this period with these filters." in page.text
        assert [attrs["value"] for attrs in page.all("option") if "selected" in attrs][1:] == ["~", '"><b>', "Gone"]


@pytest.mark.parametrize("query", ["period=8", "from=2026-02-30&to=2026-03-01", "period=dates", "page=0"])
def test_what_cannot_be_chosen_is_refused(tmp_path, query):
    @in_a_loop
    async def check(tmp_path):
        async with dashboard(tmp_path, told=False) as made:
            page = await made.browser.get(f"/safety?{query}")
            assert page.status_code == 400
            assert Page(page.text).all("h1")
            file = await made.browser.get(f"/safety/rules.csv?{query}")
            assert file.status_code == 400
            assert file.json()["resourceType"] == "OperationOutcome"

    check(tmp_path)


@in_a_loop
async def test_nothing_yet(tmp_path):
    async with dashboard(tmp_path, told=False) as made:
        answer = await made.browser.get("/safety")
        assert "No call was counted in this period" in answer.text
        assert "./safety?data=demo" in [attrs["href"] for attrs in Page(answer.text).all("a")]
        for key in FILES:
            found = await made.browser.get(f"/safety/{key}.csv")
            assert found.status_code == 200
        assert (await made.browser.get("/safety/nothing.csv")).status_code == 404


@in_a_loop
async def test_calls_without_feedback_say_what_it_takes(tmp_path):
    async with dashboard(tmp_path, told=False) as made:
        mine = Tallies(made.store, NOON.timestamp)
        shown = (Shown(card(1), "RenalSevere", "critical"),)
        mine.note(AnsweredCall(issuer="", unit="", hook="order-sign", concerned=True, seconds=0.004, cards=shown))
        assert await mine.flush()
        text = words_of(await made.browser.get("/safety"))
        assert "No feedback came in this period" in text
        assert "no answer 1 1 of 1 cards shown" in text


@in_a_loop
async def test_answers_that_came_after_the_period_are_not_denied(tmp_path):
    """Cards are counted by the day on which they were shown, feedback by the day on which it came."""
    async with dashboard(tmp_path, told=False) as made:
        mine = Tallies(made.store, NOON.timestamp)
        shown = (Shown(card(1), "RenalSevere", "critical"),)
        mine.note(AnsweredCall(issuer="", unit="", hook="order-sign", concerned=True, seconds=0.004, cards=shown))
        assert await mine.flush()
        told = [FeedbackItem(card=card(1), outcome="overridden")]
        await FeedbackLog(made.store, IDENTITIES).record("", "baclofen-order-sign", told, NOON + timedelta(days=1))
        day = NOON.date().isoformat()
        text = words_of(await made.browser.get("/safety", params={"period": "dates", "from": day, "to": day}))
        assert "overridden 1 1 of 1 cards shown" in text
        assert "No feedback came in this period" not in text


@in_a_loop
async def test_comments_are_paged(tmp_path):
    async with dashboard(tmp_path, told=False) as made:
        items = [FeedbackItem(card=card(seed), outcome="accepted", comment=f"no. {seed}.") for seed in range(12)]
        await FeedbackLog(made.store, IDENTITIES).record("north", "baclofen-order-sign", items, NOON)
        first = await made.browser.get("/safety?unit=~")
        assert (first.text.count("<blockquote"), "no. 11." in first.text, "no. 1." in first.text) == (10, True, False)
        (older,) = re.findall(r'rel="next" href="\./(safety\?[^"#]+)#comments"', first.text)
        second = await made.browser.get("/" + older.replace("&amp;", "&"))
        assert (second.text.count("<blockquote"), "no. 1." in second.text) == (2, True)
        assert 'rel="next"' not in second.text
        assert len(rows(await made.browser.get("/safety/comments.csv?page=2"))) == 12


@in_a_loop
async def test_a_comment_can_be_deleted_by_who_is_signed_in_and_by_a_form_of_the_page(tmp_path):
    async with dashboard(tmp_path) as made:
        page = await made.browser.get("/safety?period=30&unit=Ward+A")
        (number,) = re.findall(r'name="comment" value="([0-9]+)"', page.text)
        address = "/safety/comments/forget?period=30&unit=Ward+A"
        assert f".{address}" in [attrs.get("action") for attrs in Page(page.text).all("form")]
        assert (await made.browser.post(address, data={"comment": number})).status_code == 403
        async with made.another_browser() as stranger:
            answer = await stranger.post(address, data={"comment": number})
            assert (answer.status_code, answer.headers["location"]) == (303, "../../sign-in")
        assert len(rows(await made.browser.get("/safety/comments.csv"))) == 1
        answer = await made.submit(address, page="/safety", comment=number)
        assert answer.status_code == 303
        assert answer.headers["location"] == "../../safety?period=30&unit=Ward+A&forgotten=1"
        after = await made.browser.get("/safety?period=30&unit=Ward+A&forgotten=1")
        assert "The comment was deleted." in after.text
        assert "<blockquote" not in after.text
        assert "overridden 6 6 of 10" in words_of(after)
        assert rows(await made.browser.get("/safety/comments.csv")) == []


@in_a_loop
async def test_a_comment_that_is_none_is_not_found(tmp_path):
    async with dashboard(tmp_path) as made:
        token = await made.token("/safety")
        for value in ("", "²", "-1", "9" * 40, str(2**31), str(2**31 - 1), "0", "2"):
            answer = await made.browser.post("/safety/comments/forget", data={"csrf": token, "comment": value})
            assert (answer.status_code, "There is no such comment" in answer.text) == (404, True)
        assert len(rows(await made.browser.get("/safety/comments.csv"))) == 1


@in_a_loop
async def test_invented_comments_cannot_be_deleted(tmp_path):
    async with dashboard(tmp_path) as made:
        page = await made.browser.get("/safety?data=demo")
        assert "<blockquote" in page.text
        assert 'name="comment"' not in page.text


@in_a_loop
async def test_reasons_of_ours_are_in_the_language_of_the_page(tmp_path):
    async with dashboard(tmp_path) as made:
        for language, words in (("en", "Agreed with nephrology"), ("fr", "En accord avec le néphrologue")):
            text = (await made.browser.get(f"/safety?lang={language}")).text
            before, _, _ = text[text.index('<ul class="comments">') :].partition("<blockquote")
            assert words in before


@in_a_loop
async def test_a_reason_is_chosen_by_its_name_and_leaves_what_was_overridden_for_it(tmp_path):
    async with dashboard(tmp_path) as made:
        reason = "urn:baclofen-cds:override|NephrologyAgreed"
        page = await made.browser.get("/safety")
        assert (reason, "") in [(one.get("value"), one.get("selected", "")) for one in Page(page.text).all("option")]
        page = await made.browser.get("/safety", params={"reason": reason})
        assert "Reason: Agreed with nephrology" in Page(page.text).text
        assert "cards shown 6 " in words_of(page)
        assert "overridden 6 6 of 6 cards shown" in words_of(page)
        found = rows(await made.browser.get("/safety/weeks-reasons.csv", params={"reason": reason}))
        assert [(row["week"], row["overridden"], row["filter_reason"]) for row in found] == [("2026-W48", "6", reason)]
        page = await made.browser.get("/safety", params={"reason": "urn:s|gone"})
        assert "Reason: gone" in Page(page.text).text
        assert rows(await made.browser.get("/safety/rules.csv", params={"reason": "urn:s|gone"})) == []


@in_a_loop
async def test_the_words_of_a_reason_without_a_code_are_chosen_and_stand_in_no_address(tmp_path):
    async with dashboard(tmp_path) as made:
        told = [FeedbackItem(card=card(9), outcome="overridden", reason=Reason(display="Mme Dupont refuses"))]
        await FeedbackLog(made.store, IDENTITIES).record("north", "baclofen-order-sign", told, NOON)
        page = await made.browser.get("/safety")
        assert ">Mme Dupont refuses</option>" in page.text
        (value,) = re.findall('value="(~[^"]+)"', page.text)
        page = await made.browser.get("/safety", params={"reason": value})
        assert "Reason: Mme Dupont refuses" in Page(page.text).text
        assert "overridden 1 1 of 1 cards shown" in words_of(page)
        addresses = [tag.get("href", "") + tag.get("value", "") for tag in Page(page.text).all("a", "option", "input")]
        assert not [one for one in addresses if "Dupont" in one]
        (row,) = rows(await made.browser.get("/safety/reasons.csv", params={"reason": value}))
        assert (row["overridden"], row["filter_reason"]) == ("1", "Mme Dupont refuses")


@in_a_loop
async def test_invented_units_and_comments_are_in_the_language_of_the_page(tmp_path):
    async with dashboard(tmp_path, signed_in=False, told=False) as made:
        english = (await made.browser.get("/safety?data=demo&lang=en")).text
        french = (await made.browser.get("/safety?data=demo&lang=fr")).text
        assert "Invented: " in english
        assert "Inventé\xa0: " in french
        assert "Invented" not in french
        assert "Neurology" in [one["value"] for one in Page(french).all("option")]
        assert ">Neurologie</option>" in french
        assert ">Neurology<" not in french
        chosen = (await made.browser.get("/safety?data=demo&lang=fr&unit=Neurology")).text
        assert "Unité\xa0: Neurologie" in chosen


@pytest.mark.parametrize(("language", "one"), [("en", "card overridden"), ("fr", "carte écartée")])
def test_the_line_of_a_comment_is_about_one_card(tmp_path, language, one):
    @in_a_loop
    async def run(tmp_path):
        async with dashboard(tmp_path, signed_in=False, told=False) as made:
            page = (await made.browser.get(f"/safety?data=demo&lang={language}")).text
            comments = page[page.index('<ul class="comments">') :]
            assert f"</a> · {one} · " in comments
            assert "écartées ·" not in comments

    run(tmp_path)


class Down:
    """Figures of a database that does not answer."""

    async def cards(self, filters):
        raise StoreUnavailable

    async def forget_comment(self, comment):
        raise StoreUnavailable


@in_a_loop
async def test_a_database_that_is_down_is_said(tmp_path):
    async with dashboard(tmp_path, source=Down(), told=False) as made:
        page = await made.browser.get("/safety")
        assert (page.status_code, "The database does not answer" in page.text) == (503, True)
        assert (await made.browser.get("/safety/rules.csv")).status_code == 503
        assert (await made.browser.get("/safety?data=demo")).status_code == 200


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("query", ["data=demo", "data=demo&unit=Nephrology&page=2&period=365", "data=demo&rule=Gone"])
def test_every_page_is_well_formed(tmp_path, query, language):
    @in_a_loop
    async def check(tmp_path):
        async with dashboard(tmp_path, signed_in=False, told=False) as made:
            answer = await made.browser.get(f"/safety?{query}&lang={language}")
            page = Page(answer.text)
            assert page.all("html") == [{"lang": language}]
            assert not re.search(r"[{}]|Markup|None|Undefined|Fraction\(|datetime\.", page.text.replace("{id}", ""))
            assert not [attrs for _, attrs in page.elements if any(name == "style" or name.startswith("on") for name in attrs)]  # fmt: skip
            assert all(attrs["src"].startswith("./assets/") for attrs in page.all("script"))
            assert all(attrs.get("scope") in ("col", "row") for attrs in page.all("th"))
            _headings_go_down_one_at_a_time(page)
            _labels_point_at_something(page)

    check(tmp_path)
