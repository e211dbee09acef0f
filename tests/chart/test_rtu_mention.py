"""Which texts of an order mention the French programme."""

from __future__ import annotations

import pytest

from tests.chart.pump_requests import chart_of


@pytest.mark.parametrize(
    ("note", "mentioned"),
    [
        ("Prescription sous RTU", True),
        ("(RTU 2014)", True),
        ("RTU2017", True),
        ("hors_RTU", True),
        ("OUVERTURE DES DROITS ALD", False),
        ("VIRTUEL", False),
        ("RTUs", False),
        ("prescription sous rtu", False),
    ],
)
def test_the_letters_inside_a_word_are_no_mention(note: str, mentioned: bool) -> None:
    (order,) = chart_of({"drafts": [{"mg": 10, "times": 3, "note": note}]}).therapy.checked
    assert order.mentions_rtu == mentioned
