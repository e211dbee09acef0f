from cds.cards.suggested import in_words
from cds.language import catalogue

SAY = in_words(catalogue("en"))


def test_one_is_a_line():
    assert SAY(["Baclofen 10 mg three times a day"]) == "**Suggested: Baclofen 10 mg three times a day**"


def test_several_are_a_list():
    assert SAY(["Lower the dose", "Taper"]) == "**Suggested:**\n\n- Lower the dose\n- Taper"


def test_words_of_the_record_are_no_markup():
    said = SAY(["Baclofen <b>x</b> [now](https://x.example)"])
    assert "<b>" not in said
    assert "[now]" not in said
