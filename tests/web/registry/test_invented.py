"""A registry that was filled by the demo says so where its counts stand."""

from dataclasses import replace

import pytest

from cds.rtu.demo import INVENTED, demo_contents
from cds.rtu.model import Contents
from tests.web.pages import TODAY, Page
from tests.web.registry.walks import walking

SAID = {
    "en": "There are invented records in this registry.",
    "fr": "Ce registre contient des données inventées.",
}
PAGES = ("/registry", "/registry/figures")


def test_every_prescriber_of_the_demo_is_known():
    assert {each.id for each in demo_contents().prescribers} == set(INVENTED)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_invented_records_are_said_to_be_invented(tmp_path, language):
    @walking()
    async def run(walk):
        demo = demo_contents()
        await walk.register.load(Contents(demo.prescribers[-1:]))
        await walk.sign_in()
        for path in PAGES:
            page = Page((await walk.browser.get(f"{path}?lang={language}")).text)
            assert SAID[language] in page.text

    run(tmp_path)


@walking()
async def test_a_registry_of_people_is_not(walk):
    someone = replace(demo_contents().prescribers[0], id="demo-of-the-hospital", registered_on=TODAY)
    await walk.register.load(Contents((someone,)))
    await walk.sign_in()
    for path in (*PAGES, "/registry/figures?data=demo"):
        assert SAID["en"] not in (await walk.browser.get(path)).text
