"""French words of the registry's pages that an English word says of several things."""

import pytest

from tests.web.pages import Page
from tests.web.registry.walks import walking


@pytest.mark.parametrize(("language", "button"), [("en", "Figures of the programme"), ("fr", "Chiffres du programme")])
def test_the_button_to_the_figures_is_not_called_as_the_figures_of_a_rule(tmp_path, language, button):
    @walking()
    async def run(walk):
        await walk.sign_in()
        start = (await walk.browser.get(f"/registry?lang={language}")).text
        assert f">{button}</a>" in start
        assert "Paramètres" not in start

    run(tmp_path)


@walking()
async def test_the_filters_of_patients_are_about_people(walk):
    await walk.sign_in()
    page = Page((await walk.browser.get("/registry/patients?lang=fr")).text)
    assert "tous les patients" in page.text
    assert "tous les prescripteurs" in page.text
    assert "toutes" not in page.text
