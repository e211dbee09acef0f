"""Whether two names are the same person's."""

import pytest

from cds.web.registry.names import same_name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Dr Hélène Roux", "helene  ROUX", True),
        ("Le Roux, Anne", "anne leroux", False),
        ("Anne Le Roux", "Anne LeRoux", True),
        ("Anne Roux", "Roux Anne", True),
        ("Anne-Marie Roux", "anne marie roux", True),
        ("Anne Roux", "Paul Roux", False),
        ("Roux", "Rouxel", False),
        ("", "", False),
        ("Dr", "Docteur", False),
        ("", "Roux", False),
    ],
)
def test_names(one, other, same):
    assert same_name(one, other) is same
    assert same_name(other, one) is same
