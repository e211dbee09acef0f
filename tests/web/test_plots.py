"""What stands in place of a plot of which nothing can be drawn: never empty axes."""

import re

import pytest

from tests.web.site import in_a_loop
from tests.web.test_safety_pages import dashboard

FEW = {
    "en": "Every share is of fewer than 10 cards: see the table.",
    "fr": "Chaque part porte sur moins de 10 cartes\xa0: voir le tableau.",
}
SHARES = ("weeks", "weeks-rules", "weeks-units")


def figures(text):
    """The plots of a page by their id."""
    found = re.findall(r'<figure class="plot" id="([^"]+)"(.*?)</figure>', text, re.DOTALL)
    return dict(found)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_where_every_share_is_withheld_a_sentence_says_so(tmp_path, language):
    @in_a_loop
    async def run(tmp_path):
        async with dashboard(tmp_path) as made:
            few = figures((await made.browser.get(f"/safety?period=30&unit=Ward+B&lang={language}")).text)
            enough = figures((await made.browser.get(f"/safety?period=30&lang={language}")).text)
        for key in SHARES:
            assert FEW[language] in few[key]
            assert "<table" in few[key]
            assert "data-plot" not in few[key]
            assert FEW[language] not in enough[key]
            assert "data-plot" in enough[key]
        assert FEW[language] not in few["findings"]  # counts are shown however small
        assert "data-plot" in few["findings"]

    run(tmp_path)
