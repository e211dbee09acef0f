"""Ways on: the page that a person wanted is not lost at the setup, and a refusal says where to go."""

import pytest

from cds.store import StoreUnavailable
from tests.web.pages import Page
from tests.web.site import PASSWORD, in_a_loop, site


def links(answer):
    return [attrs["href"] for attrs in Page(answer.text).all("a")]


def hidden(answer):
    return [attrs["value"] for attrs in Page(answer.text).all("input") if attrs.get("name") == "next"]


@in_a_loop
async def test_the_page_that_was_wanted_comes_after_the_setup(tmp_path):
    async with site(tmp_path) as web:
        before = await web.browser.get("/sign-in?next=safety%3Fperiod%3D30&lang=fr")
        assert "./sign-in/setup?next=safety%3Fperiod%3D30&lang=fr" in links(before)
        setup = "/sign-in/setup?next=safety%3Fperiod%3D30"
        form = await web.browser.get(setup)
        assert hidden(form) == ["safety?period=30"]
        assert "../sign-in/setup?next=safety%3Fperiod%3D30&lang=fr" in links(form)
        fields = {"code": web.administrator.code, "password": PASSWORD, "next": "safety?period=30"}
        again = await web.submit("/sign-in/setup", page=setup, **fields, again="another one")
        assert (again.status_code, hidden(again)) == (422, ["safety?period=30"])
        done = await web.submit("/sign-in/setup", page=setup, **fields, again=PASSWORD)
        assert (done.status_code, done.headers["location"]) == (303, "../safety?period=30")


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example", "//elsewhere.example", "../x", "sign-out"])
def test_the_setup_leads_nowhere_else(tmp_path, elsewhere):
    @in_a_loop
    async def run(tmp_path):
        async with site(tmp_path) as web:
            form = await web.browser.get("/sign-in/setup", params={"next": elsewhere})
            assert hidden(form) == [""]
            fields = {"code": web.administrator.code, "password": PASSWORD, "again": PASSWORD, "next": elsewhere}
            done = await web.submit("/sign-in/setup", **fields)
            assert (done.status_code, done.headers["location"]) == (303, "../")

    run(tmp_path)


@in_a_loop
async def test_who_comes_late_to_the_setup_is_led_to_the_sign_in(tmp_path):
    async with site(tmp_path) as web:
        await web.administrator.choose(PASSWORD)
        late = await web.browser.get("/sign-in/setup?next=safety")
        assert late.status_code == 409
        assert "../sign-in?next=safety" in links(late)


class Down:
    """A database that does not answer."""

    def session(self):
        raise StoreUnavailable


@pytest.mark.parametrize(
    ("address", "way", "words"),
    [
        ("/registry?show=all&lang=fr", "./registry?show=all&lang=fr", "Réessayer"),
        ("/registry?show=%22%3E%3Cb%3E", "./registry?show=%22%3E%3Cb%3E", "Try again"),
        ("/sign-in?next=safety", "./sign-in?next=safety", "Try again"),
        ("/sign-in/setup", "../sign-in", "Sign in"),
    ],
)
def test_a_database_that_is_down_may_be_tried_again(tmp_path, address, way, words):
    @in_a_loop
    async def run(tmp_path):
        async with site(tmp_path) as web:
            await web.administrator.choose(PASSWORD)
            await web.sign_in()
            for part in (web.administrator._memory, web.sessions._stored):
                part._store = Down()
            page = await web.browser.get(address)
            assert page.status_code == 503
            assert way in links(page)
            assert words in Page(page.text).text

    run(tmp_path)
