"""`docs/rules` is what the knowledge says: `make docs` writes it."""

import re
from pathlib import Path

import pytest

from cds.knowledge import load_knowledge
from cds.web import write_markdown
from cds.web.catalogue.markdown import markdown_pages

DOCS = Path(__file__).resolve().parents[2] / "docs/rules"
PAGES = markdown_pages(load_knowledge())


def test_the_folder_is_current():
    kept = {path.name: path.read_text("utf-8") for path in DOCS.iterdir()}
    assert kept.keys() == PAGES.keys()
    assert [name for name in PAGES if kept[name] != PAGES[name]] == [], "run `make docs`"


def test_a_file_of_a_rule_that_is_no_more_goes(tmp_path):
    (tmp_path / "Gone.md").write_text("old")
    (tmp_path / "picture.png").write_text("kept")
    write_markdown(load_knowledge(), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == PAGES.keys() | {"picture.png"}


@pytest.mark.parametrize("name", PAGES)
def test_a_file_is_sound(name):
    text = PAGES[name]
    assert not re.search(r"[{}]|None|Fraction\(", text)
    for target in re.findall(r"\]\((?!https://)([^)]+)\)", text):
        assert target in PAGES
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1
