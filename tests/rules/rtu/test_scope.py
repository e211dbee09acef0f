"""What all rules of the programme have in common: France, alcohol use disorder as the indication, an oral order."""

import pytest

from cds.chart.model import Indication, OtherDrug
from cds.chart.reading import Listing
from cds.rules.rtu import baclocur_suspended, rtu_dose_ceiling, rtu_second_opinion
from tests.charts import KNOWLEDGE, changed
from tests.rules.rtu.french_cases import OF_THE_PROGRAMME, OUT_OF_SCOPE, french
from tests.rules.said import asked


@pytest.mark.parametrize("scope", OUT_OF_SCOPE)
@pytest.mark.parametrize("rule", [*OF_THE_PROGRAMME, baclocur_suspended], ids=lambda rule: rule.RULE)
def test_silent_outside_the_programme(rule, scope):
    assert asked(rule.check)(french(320, age=16, rtu=False, **scope), KNOWLEDGE) is None


def test_spasticity_and_alcohol_on_the_list_are_not_the_programmes():
    both = frozenset({"alcohol", "spasticity"})
    listed = changed(french(320, indications=both), indication=Indication(both, "problem list"))
    ordered = changed(french(320, indications=both), indication=Indication(both, "order"))
    assert asked(rtu_dose_ceiling.check)(listed, KNOWLEDGE) is None
    assert asked(rtu_dose_ceiling.check)(ordered, KNOWLEDGE) is not None


def test_other_drugs_play_no_part():
    with_drug = french(60, drugs=Listing((OtherDrug("Ibuprofen", frozenset({"nsaid"})),)))
    assert asked(rtu_second_opinion.check)(with_drug, KNOWLEDGE) is None
