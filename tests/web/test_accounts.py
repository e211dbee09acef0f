import asyncio
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.store import StoredSessions
from cds.web.accounts.administrator import Administrator, WeakPassword
from cds.web.accounts.attempts import Attempts
from cds.web.accounts.next import safe_next
from cds.web.accounts.passwords import hashed, matches
from tests.web.pages import Page
from tests.web.site import BASE, KEYS, PASSWORD, Clock, in_a_loop, site


@in_a_loop
async def test_nobody_signs_in_before_a_password_is_chosen(tmp_path):
    async with site(tmp_path) as web:
        page = await web.browser.get("/sign-in")
        assert "No password has been chosen yet" in page.text
        assert 'type="password"' not in page.text
        assert web.administrator.code not in page.text
        refused = await web.submit("/sign-in", page="/sign-in/setup", password="")
        assert refused.status_code == 403
        assert (await web.browser.get("/registry")).status_code == 303


@in_a_loop
async def test_the_first_administrator_chooses_a_password_and_is_signed_in(tmp_path):
    async with site(tmp_path) as web:
        code = web.administrator.code.lower().replace("-", " ")
        done = await web.submit("/sign-in/setup", code=code, password=PASSWORD, again=PASSWORD)
        assert (done.status_code, done.headers["location"]) == (303, "../")
        page = await web.browser.get("/registry")
        assert page.status_code == 200
        assert "Data of the site" in page.text
        assert "Administrator" in Page(page.text).text
        assert "Administrateur" in (await web.browser.get("/registry?lang=fr")).text
        again = await web.browser.get("/sign-in/setup")
        assert again.status_code == 409
        assert "chosen already" in again.text


@in_a_loop
async def test_the_code_does_not_work_twice_even_at_the_same_time(tmp_path):
    async with site(tmp_path) as web, web.another_browser("10.0.0.2") as other:
        mine, theirs = await web.token("/sign-in/setup"), await web.token("/sign-in/setup", other)
        fields = {"code": web.administrator.code, "password": PASSWORD, "again": PASSWORD}
        answers = await asyncio.gather(
            web.browser.post("/sign-in/setup", data={"csrf": mine, **fields}),
            other.post(
                "/sign-in/setup", data={"csrf": theirs, **fields, "password": "x" + PASSWORD, "again": "x" + PASSWORD}
            ),
        )
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        late = await web.browser.post("/sign-in/setup", data={"csrf": mine, **fields})
        assert late.status_code in (403, 409)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"code": "AAAA-AAAA-AAAA-AAAA"}, 403, "This is not the setup code."),
        ({"code": ""}, 403, "This is not the setup code."),
        ({"password": "eleven char", "again": "eleven char"}, 422, "at least 12 characters"),
        ({"password": "abababababab", "again": "abababababab"}, 422, "five different"),
        ({"password": "x" * 1020 + "abcde", "again": "x" * 1020 + "abcde"}, 422, "at most 1024"),
        ({"again": "three plain word"}, 422, "not the same"),
    ],
)
def test_a_setup_that_will_not_do(tmp_path, fields, status, said):
    async def run():
        async with site(tmp_path) as web:
            complete = {"code": web.administrator.code, "password": PASSWORD, "again": PASSWORD, **fields}
            answer = await web.submit("/sign-in/setup", **complete)
            assert answer.status_code == status
            page = Page(answer.text)
            assert said in page.text
            assert complete["password"] not in answer.text
            marked = [one for one in page.all("input") if one.get("aria-invalid") == "true"]
            assert len(marked) == 1
            assert not await web.administrator.has_password()

    asyncio.run(run())


@in_a_loop
async def test_a_password_of_twelve_characters_will_do(tmp_path):
    async with site(tmp_path) as web:
        await web.administrator.change("twelve chars")
        assert await web.administrator.knows("twelve chars")
        assert not await web.administrator.knows("twelve chars ")
        with pytest.raises(WeakPassword):
            await web.administrator.change("eleven char")


@in_a_loop
async def test_signing_in_and_out(tmp_path):
    async with site(tmp_path) as web:
        await web.administrator.change(PASSWORD)
        asked = await web.browser.get("/registry?lang=fr")
        assert asked.headers["location"] == "./sign-in?next=registry%3Flang%3Dfr&lang=fr"
        wrong = await web.submit("/sign-in", password="three plain word", next="registry")
        assert wrong.status_code == 403
        assert "This is not the password." in wrong.text
        assert 'name="next" value="registry"' in wrong.text
        assert "baclofen-cds-session" not in web.browser.cookies
        right = await web.sign_in(next="registry?lang=fr")
        assert (right.status_code, right.headers["location"]) == (303, "./registry?lang=fr")
        assert right.headers["cache-control"] == "no-store"
        page = await web.browser.get("/registry")
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        assert (await web.browser.get("/sign-in")).status_code == 303
        out = await web.submit("/sign-out", page="/registry")
        assert out.status_code == 303
        assert "baclofen-cds-session" not in web.browser.cookies
        assert (await web.browser.get("/registry")).status_code == 303


@in_a_loop
async def test_a_copy_of_the_cookie_ends_with_the_sign_out(tmp_path):
    async with site(tmp_path) as web:
        await web.administrator.change(PASSWORD)
        await web.sign_in()
        async with web.another_browser() as copy, web.another_browser() as colleague:
            copy.cookies.update(web.browser.cookies)
            await web.submit("/sign-in", browser=colleague, password=PASSWORD)
            assert (await copy.get("/registry")).status_code == 200
            await web.submit("/sign-out", page="/registry")
            assert (await copy.get("/registry")).status_code == 303
            assert (await colleague.get("/registry")).status_code == 200
            assert (await copy.post("/registry", data={"name": "x"})).status_code in (303, 403)
            assert web.changed == []


@in_a_loop
async def test_all_sessions_are_ended_at_once(tmp_path):
    async with site(tmp_path) as web:
        await web.administrator.change(PASSWORD)
        for _ in range(2):  # the second time, too
            await web.sign_in()
            assert (await web.browser.get("/registry")).status_code == 200
            await StoredSessions(web.store).end_all()
            assert (await web.browser.get("/registry")).status_code == 303


@in_a_loop
async def test_ended_sessions_are_kept_until_they_would_have_ended(tmp_path):
    async with site(tmp_path) as web:
        stored = StoredSessions(web.store, web.clock)
        now = int(web.clock.now)
        await stored.end("one", now)
        await stored.end("two", now + 1)
        await stored.end("two", now + 1)
        assert [await stored.has_ended(one) for one in ("one", "two", "three")] == [True, True, False]
        web.clock.now += 1
        await stored.end("three", now + 9)
        assert [await stored.has_ended(one) for one in ("one", "two", "three")] == [False, True, True]


@in_a_loop
async def test_the_cookie_is_for_this_service_alone(tmp_path):
    async with site(tmp_path, secure=True, path="/cds") as web:
        await web.administrator.change(PASSWORD)
        token_page = await web.browser.get("/sign-in")
        visitor = token_page.headers["set-cookie"]
        token = re.search(r'name="csrf" value="([0-9a-f]{64})"', token_page.text)[1]
        headers = {"Cookie": visitor.partition(";")[0]}
        answer = await web.browser.post("/sign-in", data={"csrf": token, "password": PASSWORD}, headers=headers)
        for cookie in (visitor, answer.headers["set-cookie"]):
            assert {part.strip().lower() for part in cookie.split(";")[1:]} >= {
                "httponly",
                "samesite=lax",
                "secure",
                "path=/cds",
            }
        assert "max-age=28800" in answer.headers["set-cookie"].lower()


@in_a_loop
async def test_every_sign_in_has_a_session_of_its_own(tmp_path):
    async with site(tmp_path) as web:
        await web.administrator.change(PASSWORD)
        await web.sign_in()
        first, token = web.browser.cookies["baclofen-cds-session"], await web.token("/registry")
        await web.submit("/sign-out", page="/registry")
        await web.sign_in()
        assert web.browser.cookies["baclofen-cds-session"] != first
        assert await web.token("/registry") != token


@in_a_loop
async def test_a_session_ends_after_its_hours_whatever_is_done(tmp_path):
    async with site(tmp_path, hours=2) as web:
        await web.administrator.change(PASSWORD)
        await web.sign_in()
        for passed, status in ((3600, 200), (3600, 200), (1, 303)):
            web.clock.now += passed
            assert (await web.browser.get("/registry")).status_code == status


@in_a_loop
async def test_a_session_ends_when_the_password_changes(tmp_path):
    async with site(tmp_path) as web:
        await web.administrator.change(PASSWORD)
        await web.sign_in()
        await web.administrator.change(PASSWORD)
        assert (await web.browser.get("/registry")).status_code == 303


@pytest.mark.parametrize(
    "spoil", [lambda one: one[:-1] + ("A" if one[-1] != "A" else "B"), lambda one: "x", lambda one: "é"]
)
def test_a_cookie_that_is_not_ours(tmp_path, spoil):
    async def run():
        async with site(tmp_path) as web:
            await web.administrator.change(PASSWORD)
            await web.sign_in()
            cookie = spoil(web.browser.cookies["baclofen-cds-session"])
            headers = [(b"cookie", f"baclofen-cds-session={cookie}".encode())]
            async with web.another_browser() as other:
                assert (await other.get("/registry", headers=headers)).status_code == 303

    asyncio.run(run())


@in_a_loop
async def test_data_are_refused_and_not_redirected(tmp_path):
    async with site(tmp_path) as web:
        await web.administrator.change(PASSWORD)
        for address, headers in (
            ("/registry/figures.json", {}),
            ("/registry/figures.csv", {}),
            ("/registry", {"Accept": "application/json"}),
        ):
            answer = await web.browser.get(address, headers=headers)
            assert answer.status_code == 401
            assert answer.json()["resourceType"] == "OperationOutcome"
        await web.sign_in()
        assert (await web.browser.get("/registry/figures.json")).json() == {"patients": 3}


@in_a_loop
async def test_pages_that_anybody_may_see_show_who_is_signed_in_and_are_not_kept(tmp_path):
    async with site(tmp_path) as web:
        await web.administrator.change(PASSWORD)
        before = await web.browser.get("/rules")
        assert 'href="./sign-in?next=rules"' in before.text
        assert before.headers["cache-control"] == "no-cache"
        assert 'name="csrf"' not in before.text
        await web.sign_in()
        page = await web.browser.get("/rules", headers={"If-None-Match": before.headers["etag"]})
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        assert "Sign out" in page.text
        assert (await web.submit("/sign-out", page="/rules")).status_code == 303
        assert "Sign out" not in (await web.browser.get("/rules")).text


@in_a_loop
async def test_guessing_is_slowed(tmp_path):
    clock = Clock()
    async with site(tmp_path, attempts=Attempts(clock=clock)) as web:
        await web.administrator.change(PASSWORD)
        for _ in range(5):
            assert (await web.submit("/sign-in", password="a wrong password")).status_code == 403
        slowed = await web.sign_in()
        assert slowed.status_code == 429
        assert slowed.headers["retry-after"] == "300"
        assert "Too many attempts" in slowed.text
        async with web.another_browser("10.0.0.2") as other:
            assert (await web.submit("/sign-in", browser=other, password=PASSWORD)).status_code == 303
        clock.now += 300
        assert (await web.sign_in()).status_code == 303


@in_a_loop
async def test_strangers_with_many_addresses_keep_nobody_out(tmp_path):
    async with site(tmp_path, attempts=Attempts(overall=2, slowest=0.2)) as web:
        await web.administrator.change(PASSWORD)
        for number in range(6):
            async with web.another_browser(f"10.0.0.{number}") as stranger:
                answer = await web.submit("/sign-in", browser=stranger, password="a wrong password")
                assert answer.status_code == 403
        begun = time.monotonic()
        assert (await web.sign_in()).status_code == 303
        assert time.monotonic() - begun >= 0.2


def test_attempts_at_their_bounds():
    clock = Clock(0.0)
    attempts = Attempts(each=2, overall=3, slowest=0.15, window=10, clock=clock)
    assert [attempts.begin("a"), attempts.begin("a"), attempts.begin("a")] == [0, 0, 10]
    clock.now = 4
    assert (attempts.begin("b"), attempts.delay()) == (0, 0)
    assert (attempts.begin("c"), attempts.delay()) == (0, pytest.approx(0.1))
    assert (attempts.begin("d"), attempts.delay()) == (0, 0.15)
    clock.now = 9.5
    assert attempts.begin("a") == 1
    clock.now = 10
    assert (attempts.begin("a"), attempts.delay()) == (0, pytest.approx(0.1))
    attempts.succeeded("a")
    assert (attempts.begin("a"), attempts.begin("a"), attempts.begin("a")) == (0, 0, 10)


@given(st.text(min_size=0, max_size=40))
def test_a_page_to_go_on_to_is_ours(given):
    then = safe_next(given)
    assert then in ("", given)
    assert not re.search(r"^[/\\]|//|\\|:.*//|[\x00-\x20]", then)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("registry", "registry"),
        ("registry/figures?from=2014-03-17&lang=fr", "registry/figures?from=2014-03-17&lang=fr"),
        ("?lang=fr", "?lang=fr"),
        (None, ""),
        ("", ""),
        ("/registry", ""),
        ("//evil.example", ""),
        ("https://evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("..//evil.example", ""),
        ("registry/../sign-out", ""),
        ("registry//evil", ""),
        ("\\evil.example", ""),
        ("registry\r\nSet-Cookie: a=b", ""),
        ("sign-in", ""),
        ("sign-out", ""),
        ("r" * 2001, ""),
    ],
)
def test_where_to_go_on(given, expected):
    assert safe_next(given) == expected


def test_a_password_is_kept_as_its_hash(slow_hashes):
    record = hashed("three plain words")
    assert record.startswith("scrypt$32768$8$1$")
    assert "three" not in record
    assert hashed("three plain words") != record
    assert matches(record, "three plain words")
    assert not matches(record, "three plain Words")
    assert matches(hashed("mot de passé"), "mot de passe\u0301")


@pytest.mark.parametrize(
    "record",
    [
        "",
        "scrypt",
        "scrypt$a$8$1$AA==$AA==",
        "scrypt$32768$8$1$?$AA==",
        "bcrypt$32768$8$1$AA==$AA==",
        "scrypt$3$8$1$AA==$AA==",
        "scrypt$1073741824$8$1$AA==$AA==",
    ],
)
def test_a_record_that_cannot_be_read_has_no_password(record):
    assert not matches(record, "")


def test_the_setup_code_is_that_of_the_secret():
    codes = {Administrator(None, key).code for key in (KEYS.setup, KEYS.session)}
    assert len(codes) == 2
    assert all(re.fullmatch(r"(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}", code) for code in codes)


@in_a_loop
async def test_without_a_database_nobody_is_let_in_and_the_catalogue_stays(tmp_path):
    async with site(tmp_path) as web:
        await web.administrator.change(PASSWORD)
        await web.sign_in()
        await web.store.close()
        for file in tmp_path.iterdir():
            file.unlink()
        (tmp_path / "baclofen-cds.sqlite").mkdir()
        page = await web.browser.get("/registry")
        assert page.status_code == 503
        assert "The database does not answer" in page.text
        data = await web.browser.get("/registry/figures.json")
        assert data.status_code == 503
        assert data.json()["resourceType"] == "OperationOutcome"
        assert (await web.browser.get("/rules")).status_code == 200
        await asyncio.sleep(0.1)  # in which the driver's thread ends the connections that failed


class TestForgery:
    """Forms of other sites."""

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        ],
    )
    def test_a_form_from_elsewhere(self, tmp_path, headers):
        async def run():
            async with site(tmp_path) as web:
                await web.administrator.change(PASSWORD)
                await web.sign_in()
                answer = await web.submit("/registry", headers=headers, name="x")
                assert answer.status_code == 403
                assert "does not come from this page" in answer.text
                assert web.changed == []

        asyncio.run(run())

    @pytest.mark.parametrize(
        "headers", [{}, {"Origin": BASE}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
    )
    def test_a_form_of_ours(self, tmp_path, headers):
        async def run():
            async with site(tmp_path) as web:
                await web.administrator.change(PASSWORD)
                await web.sign_in()
                answer = await web.submit("/registry", headers=headers, name="é")
                assert (answer.status_code, answer.headers["location"], web.changed) == (303, "./registry", ["é"])

        asyncio.run(run())

    def test_a_token_of_somebody_else_or_of_before(self, tmp_path):
        async def run():
            async with site(tmp_path) as web, web.another_browser() as other:
                await web.administrator.change(PASSWORD)
                before = await web.token()
                await web.sign_in()
                theirs = await web.token(browser=other)
                for token in (before, theirs, "", "é", "0" * 64):
                    answer = await web.browser.post("/registry", data={"csrf": token, "name": "x"})
                    assert answer.status_code == 403
                assert (await web.browser.post("/registry", data={"name": "x"})).status_code == 403
                assert web.changed == []

        asyncio.run(run())

    @pytest.mark.parametrize(
        ("content", "media_type", "status"),
        [
            (b'{"csrf": "x"}', "application/json", 415),
            (b"csrf=x", "text/plain", 415),
            (b"csrf=%ff", "application/x-www-form-urlencoded", 400),
            (b"csrf=\xff", "application/x-www-form-urlencoded", 400),
            (b"csrf=x&name=%00", "application/x-www-form-urlencoded", 400),
            (b"a=b&" * 1001, "application/x-www-form-urlencoded", 400),
            (b"csrf=" + b"x" * 262_144, "application/x-www-form-urlencoded", 413),
        ],
    )
    def test_a_form_that_cannot_be_read(self, tmp_path, content, media_type, status):
        async def run():
            async with site(tmp_path) as web:
                answer = await web.browser.post("/sign-in", content=content, headers={"Content-Type": media_type})
                assert answer.status_code == status
                assert answer.headers["content-type"].startswith("text/html")

        asyncio.run(run())
