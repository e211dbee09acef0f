"""The playground over HTTP: its pages, the part of a page that the script asks for, and what it refuses."""

import io
import re
from datetime import date
from urllib.parse import urlencode

import pytest

from cds._assembly import service_of
from cds.playground.choices import products
from cds.playground.examination import play
from cds.playground.form import Form
from cds.playground.library import cases
from cds.protocol.errors import Overloaded
from cds.settings import load_settings
from cds.telemetry import configure_logs
from cds.web.playground.labels import LABELS
from cds.web.playground.markdown import rendered
from cds.web.playground.routes import playground_area
from tests.web.pages import KNOWLEDGE, TODAY, Client, Page, client

SETTINGS = load_settings({})
URL = "https://cds.example.org"
CASES = cases()
FORM = "application/x-www-form-urlencoded"


async def played(typed, language, accept):
    return play(typed, KNOWLEDGE, SETTINGS, TODAY, language=language, accept=accept)


@pytest.fixture(scope="module")
def web():
    return client(areas=[playground_area(played, KNOWLEDGE, URL)])


def post(web, fields, *, address="/playground", fragment=False, **headers):
    more = {"X-Fragment": "1"} if fragment else {}
    body = urlencode(fields, doseq=True)
    return web.post(address, content=body, headers={"Content-Type": FORM, **more, **headers})


def fields_of(page):
    """What a browser would send of the page's form."""
    fields = {}
    inside = re.search(r'<form id="play".*?</form>', page.text, re.DOTALL)[0]
    for match in re.finditer(r"<(input|select|textarea)\b[^>]*>", inside):
        tag = match[0]
        name = re.search(r'name="([^"]*)"', tag)[1]
        if match[1] == "select":
            options = inside[match.end() : inside.index("</select>", match.end())]
            value = re.search(r'value="([^"]*)" selected', options)[1]
        elif match[1] == "textarea":
            value = inside[match.end() : inside.index("</textarea>", match.end())]
        elif "checkbox" in tag and " checked" not in tag:
            continue
        else:
            value = re.search(r'value="([^"]*)"', tag)[1]
        fields.setdefault(name, []).append(value)
    return fields


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_case_is_a_sound_page(web, case, language):
    answer = web.get(f"/playground/cases/{case.id}?lang={language}")
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    assert answer.headers["cache-control"] == "no-store"
    page = Page(answer.text)
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert not [attrs for _, attrs in page.elements if "style" in attrs or any(name.startswith("on") for name in attrs)]
    assert {link["href"] for link in page.all("a") if "/rules/" in link["href"]} >= {
        f"../../rules/{rule.id}?lang={language}" for rule in KNOWLEDGE.rules
    }
    for label in page.all("label"):
        assert label.get("for", "filter") in {*ids, "filter"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_page_sends_back_what_the_case_says(web, case):
    """Without a script: the form as it stands on the page gives the same results."""
    page = web.get(f"/playground/cases/{case.id}")
    again = post(web, fields_of(page))
    assert again.status_code == 200
    results = re.compile(r'<code id="text-(?:request|response)">(.*?)</code>', re.DOTALL)
    assert results.findall(again.text) == results.findall(page.text) != []


def test_the_form_has_every_field_and_no_other(web):
    names = {attrs["name"] for attrs in Page(web.get("/").text).all("input", "select", "textarea") if "name" in attrs}
    assert names == set(LABELS) == set(Form.__struct_fields__)


def test_the_front_page_is_the_first_case(web):
    home = web.get("/")
    assert home.status_code == 200
    assert CASES[0].teaching in Page(home.text).text
    assert 'href="./" aria-current="page"' in home.text
    assert 'href="../../" aria-current="true"' in web.get("/playground/cases/rtu-120").text
    assert "default-src 'none'" in home.headers["content-security-policy"]


def test_a_fragment_is_the_results_alone(web):
    answer = post(web, {"dose": "20", "times": "5", "indication": "ms", "country": "US"}, fragment=True)
    page = Page(answer.text)
    assert page.elements[0] == (
        "div",
        {"id": "results", "class": "results", "data-said": page.elements[0][1]["data-said"]},
    )
    assert "warning" in page.elements[0][1]["data-said"]
    assert not page.all("form", "html")
    assert answer.headers["cache-control"] == "no-store"


def test_a_suggestion_changes_the_form(web):
    page = web.get("/playground/cases/start-too-high")
    uuid = re.search(r'name="accept" value="([^"]+)" class="main"', page.text)[1]
    after = post(web, {**fields_of(page), "accept": uuid})
    assert "Accepted:" in Page(after.text).text
    fields = fields_of(after)
    assert (fields["dose"][0], fields["times"][0]) == ("5", "3")


@pytest.mark.parametrize(
    ("language", "label", "where"),
    [
        ("en", "Register the patient (two minutes)", "opens the registry&#39;s form in an EHR, not here"),
        ("fr", "Inscrire le patient (deux minutes)", "ouvre le formulaire du registre dans un DPI, pas ici"),
    ],
)
def test_a_link_to_the_registrys_form_is_shown_and_cannot_be_followed(web, language, label, where):
    fields = fields_of(web.get("/playground/cases/rtu-120")) | {"patient_registered": ["no"]}
    answer = post(web, fields, address=f"/playground?lang={language}")
    assert label in answer.text
    assert where in answer.text
    assert not [link for link in Page(answer.text).all("a") if "registry.invalid" in (link.get("href") or "")]


def test_what_cannot_be_read_is_named_and_stays(web):
    answer = post(web, {"weight": "<b>heavy</b>", "dose": "20", "times": "3"})
    assert answer.status_code == 200
    page = Page(answer.text)
    assert "<b>heavy" not in answer.text
    assert {"href": "#f-weight"} in page.all("a")
    (weight,) = [attrs for attrs in page.all("input") if attrs.get("name") == "weight"]
    assert (weight["value"], weight["aria-invalid"], weight["aria-describedby"]) == ("<b>heavy</b>", "true", "e-weight")
    assert "60 mg/day" in page.text


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](https://e.example/i.png)"]
)
def test_texts_of_the_form_stay_text(web, text):
    page = Page(post(web, {"drug_text": f"morphine {text}", "dose": "10", "times": "3"}).text)
    assert all(script.get("src", "").startswith("./assets/") for script in page.all("script"))
    assert page.all("img") == []
    assert not [link for link in page.all("a") if link["href"].startswith("javascript")]


def test_markdown_of_a_card():
    assert rendered("**a** <b>\n\n- [x](https://e.example)") == (
        '<p><strong>a</strong> &lt;b&gt;</p>\n<ul>\n<li><a href="https://e.example" rel="noreferrer">x</a></li>\n</ul>\n'
    )
    assert "<a" not in rendered("[x](javascript:alert(1))")
    assert "<img" not in rendered("![x](https://e.example/i.png)")


def test_the_command_is_for_the_address_of_the_service(web):
    text = Page(web.get("/?lang=fr").text).text
    assert f"curl -s {URL}/cds-services/baclofen-order-sign" in text
    assert "Accept-Language: fr" in text


def test_colons_are_set_as_the_language_has_them(web):
    french, english = (web.get(f"/?lang={language}").text for language in ("fr", "en"))
    assert ">order-sign\xa0: avant la signature</option>" in french
    assert ">order-sign: before the signature</option>" in english
    for text, label in ((french, r"Se taisent\xa0: "), (french, r"Non interrogées\xa0: "), (english, "Silent: ")):
        assert re.search(rf"<summary>{label}[0-9]+</summary>", text)
    assert not re.search(r"<summary>[^<\xa0]+: ", french)


def test_a_reload_leads_to_the_form_in_its_language(web):
    answer = web.get("/playground?lang=fr")
    assert (answer.status_code, answer.headers["location"]) == (303, "./?lang=fr")


def test_an_unknown_case(web):
    answer = web.get("/playground/cases/nothing")
    assert answer.status_code == 404
    assert "There is no case of this name" in Page(answer.text).text


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"{}", "application/json", 415),
        (b"dose=%ff", FORM, 400),
        ("dose=é".encode(), FORM, 400),
        (b"&".join(b"dose=1" for _ in range(301)), FORM, 400),
        (b"sig_text=" + b"x" * 70_000, FORM, 413),
        (b"", FORM, 200),
        (b"dose=1&dose=2&more=3", FORM, 200),
    ],
)
def test_bodies(web, body, media_type, status):
    assert web.post("/playground", content=body, headers={"Content-Type": media_type}).status_code == status


def test_too_much_in_hand_is_said():
    async def busy(typed, language, accept):
        raise Overloaded

    answer = client(areas=[playground_area(busy, KNOWLEDGE, URL)]).get("/")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert "Too many forms are being played" in Page(answer.text).text


def test_the_assembled_service_plays_and_logs_nothing_of_it(tmp_path):
    logged = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    configure_logs("debug", "json", logged)
    app = service_of(load_settings({"CDS_DATA_DIR": str(tmp_path)}))
    answer = Client(app).post("/playground", data={"drug_text": "ZZMARK", "dose": "ZZMARK", "times": "3"})
    assert answer.status_code == 200
    assert "ZZMARK" in answer.text
    logged.flush()
    told = logged.buffer.getvalue().decode()
    assert '"route":"/playground"' in told
    assert "ZZMARK" not in told


def test_the_day_of_a_form_that_names_none_is_today(web):
    fields = fields_of(post(web, {"dose": "5", "times": "3"}))
    assert fields["day"] == [TODAY.isoformat()]
    assert fields_of(web.get("/playground/cases/rtu-120"))["day"] == [date(2014, 5, 10).isoformat()]


def test_the_drugs_of_the_form_are_named_in_french(web):
    """The names of French products are French; those of others have a translation, which is no English."""
    page = web.get("/?lang=fr").text
    listed = page[page.index('<select id="f-product"') :]
    listed = listed[: listed.index("</select>")]
    assert ">baclofène 10\xa0mg, comprimé</option>" in listed
    for entry in products(KNOWLEDGE).values():
        assert (f">{entry.name}</option>" in listed) == (entry.jurisdiction == "FR"), entry.name
    assert "baclofen 10 mg oral tablet" in web.get("/?lang=en").text
