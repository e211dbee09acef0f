from fractions import Fraction
from pathlib import Path

import pytest
from yaml import SafeLoader
from yaml.cyaml import CParser

from cds.documents import DocumentError, _yaml, parse

KNOWLEDGE = Path(_yaml.__file__).parents[1] / "knowledge"


def test_numbers_are_exact():
    data = parse("a: 0.1\nb: 80\nc: 2.90\nd: -1.5\n", "f.yaml").data
    assert data == {"a": Fraction(1, 10), "b": 80, "c": Fraction(29, 10), "d": Fraction(-3, 2)}
    assert isinstance(data["b"], int)


def test_pyyaml_without_libyaml_reads_the_same(monkeypatch):
    texts = [file.read_text("utf-8") for file in KNOWLEDGE.rglob("*.yaml")]
    fast = [parse(text, "f.yaml") for text in texts]
    assert _yaml.Parser is CParser
    monkeypatch.setattr(_yaml, "Parser", SafeLoader)
    assert len(texts) > 100
    assert [parse(text, "f.yaml") for text in texts] == fast
    with pytest.raises(DocumentError, match="alias"):
        parse("a: &x 1\nb: *x\n", "f.yaml")


def test_words_and_dates_stay_text():
    text = "[no, off, yes, 2014-03-17, 012, 1e3, 1:30, .5, 0x10, True]"
    assert parse(text, "f.yaml").data == ["no", "off", "yes", "2014-03-17", "012", "1e3", "1:30", ".5", "0x10", "True"]


def test_null_and_booleans():
    assert parse("[null, ~, true, false]", "f.yaml").data == [None, None, True, False]


def test_every_value_knows_its_line():
    document = parse("a:\n  b:\n    - x\n    - y: 1\n", "f.yaml")
    assert document.error("", ("a", "b", 1, "y")).line == 4
    assert document.error("", ("a", "b", 7)).line == 2


@pytest.mark.parametrize(
    ("text", "line", "because"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "duplicate key 'a'"),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", 4, "duplicate key 'b'"),
        ("a: {b: 1, b: 2}\n", 1, "duplicate key 'b'"),
        ("a: &x 1\nb: *x\n", 2, "alias"),
        ("1292: baclofen\n", 1, "a key must be text"),
        ("a: !!python/object:os.system x\n", 1, "not used here"),
        ("a: [1\nb: 2\n", 2, ""),
        ("", 1, "empty"),
        ("# nothing\n", 1, "empty"),
    ],
)
def test_refusals_name_file_and_line(text, line, because):
    with pytest.raises(DocumentError) as caught:
        parse(text, "folder/f.yaml")
    assert (caught.value.file, caught.value.line) == ("folder/f.yaml", line)
    assert because in caught.value.cause


def test_two_documents_in_a_file_are_refused():
    with pytest.raises(DocumentError):
        parse("a: 1\n---\nb: 2\n", "f.yaml")
