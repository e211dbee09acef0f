"""Signing in at a real provider on loopback."""

import asyncio
import time

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from cds.store import StoredSessions
from cds.web.accounts import ANYBODY, Provider, provided_area
from tests.web import oidc_provider
from tests.web.oidc_provider import CLIENT, SECRET, query_of
from tests.web.site import BASE, KEYS, site


@pytest.fixture(scope="module")
def running():
    with oidc_provider.provider() as made:
        yield made


@pytest.fixture
def hospital(running):
    """The provider as it is at first."""
    fresh = oidc_provider.Provider(issuer=running.issuer, key=running.key)
    for name in (
        "person",
        "claims",
        "answer",
        "metadata",
        "published",
        "others",
        "public",
        "kid",
        "asked",
        "authorizations",
        "codes",
        "key",
    ):
        setattr(running, name, getattr(fresh, name))
    return running


class Walk:
    """One browser that signs in."""

    def __init__(self, web, hospital):
        self.web, self.browser, self.hospital = web, web.browser, hospital

    async def begin(self, then="registry"):
        begun = await self.browser.get("/sign-in/begin", params={"next": then})
        assert begun.status_code == 303
        return begun.headers["location"]

    async def at_the_provider(self, address):
        async with httpx.AsyncClient() as other:
            back = await other.get(address)
        assert back.status_code == 302
        return back.headers["location"]

    async def through(self, then="registry", **changed):
        """All the way, with parameters of the way back changed; the last answer."""
        back = await self.at_the_provider(await self.begin(then))
        assert back.startswith(f"{BASE}/sign-in/callback?")
        given = {**query_of(back), **changed}
        return await self.browser.get("/sign-in/callback", params={k: v for k, v in given.items() if v is not None})


def walk(tmp_path, hospital, steps, *, groups=ANYBODY, secret=SECRET, **options):
    async def run():
        def area(made):
            provider = Provider(hospital.issuer, CLIENT, secret, groups)
            return provided_area(provider, made.sessions, key=KEYS.session, public_url=BASE, clock=made.clock)

        async def epoch():
            return "the provider"

        async with site(tmp_path, area, epoch=epoch, **options) as web:
            web.clock.now = time.time()
            await steps(Walk(web, hospital))

    asyncio.run(run())


def test_a_person_signs_in_and_out(tmp_path, hospital):
    async def steps(walk):
        asked = await walk.browser.get("/registry")
        page = await walk.browser.get(f"/{asked.headers['location'].removeprefix('./')}")
        assert "You sign in at 127.0.0.1 and come back here." in page.text
        assert 'href="./sign-in/begin?next=registry"' in page.text
        done = await walk.through()
        assert (done.status_code, done.headers["location"]) == (303, "../registry")
        page = await walk.browser.get("/registry")
        assert page.status_code == 200
        assert "Paula Pharmacist" in page.text
        assert "baclofen-cds-sign-in" not in walk.browser.cookies
        await walk.web.submit("/sign-out", page="/registry")
        assert (await walk.browser.get("/registry")).status_code == 303

    walk(tmp_path, hospital, steps)
    (asked,) = hospital.authorizations
    assert asked["tenant"] == "1"
    assert asked["response_type"] == "code"
    assert asked["scope"] == "openid profile email"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{BASE}/sign-in/callback"
    assert asked["ui_locales"] == "en"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3


def test_a_copy_of_the_cookie_ends_with_the_sign_out(tmp_path, hospital):
    async def steps(walk):
        await walk.through()
        async with walk.web.another_browser() as copy:
            copy.cookies.update(walk.browser.cookies)
            assert (await copy.get("/registry")).status_code == 200
            await walk.web.submit("/sign-out", page="/registry")
            assert (await copy.get("/registry")).status_code == 303
        await walk.through()
        await StoredSessions(walk.web.store).end_all()
        assert (await walk.browser.get("/registry")).status_code == 303

    walk(tmp_path, hospital, steps)


def test_a_client_without_a_secret(tmp_path, hospital):
    hospital.public = True

    async def steps(walk):
        assert (await walk.through()).status_code == 303

    walk(tmp_path, hospital, steps, secret=None)


@pytest.mark.parametrize(
    ("groups", "status"),
    [(("pharmacy", "ward"), 303), (("pharmacy",), 403), (("war",), 403), (("*",), 303), ((), 403), (("*", "war"), 403)],
)
def test_groups_that_may_sign_in(tmp_path, hospital, groups, status):
    async def steps(walk):
        answer = await walk.through()
        assert answer.status_code == status
        assert ("belong to none of the groups" in answer.text) is (status == 403)
        assert ("baclofen-cds-session" in walk.browser.cookies) is (status == 303)

    walk(tmp_path, hospital, steps, groups=groups)


@pytest.mark.parametrize(
    ("claim", "status"), [("ward", 303), (None, 403), ([7, "ward"], 303), ({"ward": 1}, 403), ([], 403)]
)
def test_the_claim_of_groups_in_any_shape(tmp_path, hospital, claim, status):
    hospital.claims = {"groups": claim}

    async def steps(walk):
        assert (await walk.through()).status_code == status

    walk(tmp_path, hospital, steps, groups=("ward",))


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://elsewhere.example"},
        {"aud": "somebody else"},
        {"aud": [CLIENT, "somebody else"], "azp": "somebody else"},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"at_hash": "AAAA"},
        {"nbf": 4_000_000_000},
    ],
)
def test_a_token_that_proves_nothing(tmp_path, hospital, claims, caplog):
    hospital.claims = claims

    async def steps(walk):
        answer = await walk.through()
        assert answer.status_code == 403
        assert "You are not signed in" in answer.text
        assert "baclofen-cds-session" not in walk.browser.cookies

    walk(tmp_path, hospital, steps)
    assert "its ID token: " in caplog.text
    assert "Paula" not in caplog.text


@pytest.mark.parametrize("late", [25, -25])
def test_clocks_may_differ_a_little(tmp_path, hospital, late):
    now = int(time.time())
    hospital.claims = {"exp": now - 25} if late > 0 else {"iat": now + 25, "nbf": now + 25}

    async def steps(walk):
        assert (await walk.through()).status_code == 303

    walk(tmp_path, hospital, steps)


@pytest.mark.parametrize(
    "changed", [{"state": "another"}, {"state": None}, {"code": "another"}, {"iss": "https://elsewhere.example"}]
)
def test_an_answer_that_was_not_asked_for(tmp_path, hospital, changed):
    async def steps(walk):
        answer = await walk.through(**changed)
        assert answer.status_code in (400, 403)
        assert "baclofen-cds-session" not in walk.browser.cookies

    walk(tmp_path, hospital, steps)


def test_an_answer_in_another_browser(tmp_path, hospital):
    async def steps(walk):
        back = await walk.at_the_provider(await walk.begin())
        async with walk.web.another_browser() as other:
            answer = await other.get("/sign-in/callback", params=query_of(back))
            assert answer.status_code == 400
            assert "not begun in this browser" in answer.text

    walk(tmp_path, hospital, steps)


def test_an_answer_that_came_too_late(tmp_path, hospital):
    async def steps(walk):
        back = await walk.at_the_provider(await walk.begin())
        walk.web.clock.now += 601
        assert (await walk.browser.get("/sign-in/callback", params=query_of(back))).status_code == 400

    walk(tmp_path, hospital, steps)


def test_a_code_works_once(tmp_path, hospital):
    async def steps(walk):
        back = await walk.at_the_provider(await walk.begin())
        cookie = walk.browser.cookies["baclofen-cds-sign-in"]
        assert (await walk.browser.get("/sign-in/callback", params=query_of(back))).status_code == 303
        async with walk.web.another_browser() as other:
            headers = {"Cookie": f"baclofen-cds-sign-in={cookie}"}
            assert (await other.get("/sign-in/callback", params=query_of(back), headers=headers)).status_code == 403

    walk(tmp_path, hospital, steps)


def test_the_provider_says_no(tmp_path, hospital):
    async def steps(walk):
        answer = await walk.through(code=None, error="access_denied")
        assert answer.status_code == 403
        assert "access_denied" not in answer.text

    walk(tmp_path, hospital, steps)


def test_a_token_of_another_key(tmp_path, hospital):
    async def steps(walk):
        await walk.through()
        hospital.key, known = rsa.generate_private_key(public_exponent=65537, key_size=2048), hospital.key
        assert (await walk.through()).status_code == 403
        hospital.kid = "k2"
        assert (await walk.through()).status_code == 303, "a new key under a new name is fetched"
        hospital.key = known

    walk(tmp_path, hospital, steps)


UNUSABLE = [
    {},
    {"kty": "RSA"},
    {"kty": "AKP", "alg": "ML-DSA-44"},
    {"kty": "RSA", "n": "?", "e": "AQAB"},
    {"kty": "EC", "crv": "nope", "x": "a", "y": "b"},
    {"kty": ["RSA"]},
    None,
    "key",
]


@pytest.mark.parametrize(
    "published",
    [{}, {"keys": None}, {"keys": {}}, {"keys": "x"}, {"keys": []}, {"keys": UNUSABLE}, [], "keys"],
)
def test_keys_that_will_not_do_are_the_providers_fault(tmp_path, hospital, published, caplog):
    hospital.published = published

    async def steps(walk):
        answer = await walk.through()
        assert answer.status_code == 502
        assert "The sign-in service does not answer" in answer.text
        hospital.published = None
        assert (await walk.through()).status_code == 303

    walk(tmp_path, hospital, steps)
    assert "its ID token" not in caplog.text


def test_keys_of_other_kinds_are_left_out(tmp_path, hospital):
    hospital.others = UNUSABLE

    async def steps(walk):
        assert (await walk.through()).status_code == 303

    walk(tmp_path, hospital, steps)


@pytest.mark.parametrize("token", [None, 7, "", "a.b", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwNyJ9."])
def test_no_token_at_all(tmp_path, hospital, token):
    hospital.answer = {"id_token": token}

    async def steps(walk):
        assert (await walk.through()).status_code == 403

    walk(tmp_path, hospital, steps)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_configuration_that_will_not_do(tmp_path, hospital, metadata):
    hospital.metadata = metadata

    async def steps(walk):
        answer = await walk.browser.get("/sign-in/begin")
        assert answer.status_code == 502
        assert "The sign-in service does not answer" in answer.text

    walk(tmp_path, hospital, steps)


def test_a_client_that_the_provider_does_not_know(tmp_path, hospital):
    async def steps(walk):
        assert (await walk.through()).status_code == 502

    walk(tmp_path, hospital, steps, secret="wrong")


def test_the_provider_is_down(tmp_path):
    async def steps(walk):
        assert (await walk.browser.get("/sign-in/begin")).status_code == 502
        assert (await walk.browser.get("/rules")).status_code == 200

    walk(tmp_path, oidc_provider.Provider(issuer="http://127.0.0.1:9/o"), steps)


def test_what_the_provider_publishes_is_kept(tmp_path, hospital):
    async def steps(walk):
        await walk.through()
        await walk.through()
        assert sorted(hospital.asked) == ["configuration", "keys"]

    walk(tmp_path, hospital, steps)


def test_the_way_on_stays_on_this_site(tmp_path, hospital):
    async def steps(walk):
        assert (await walk.through("//evil.example")).headers["location"] == "../"

    walk(tmp_path, hospital, steps)
