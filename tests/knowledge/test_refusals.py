"""A folder that must not be used refuses to load, and says which file, line and cause."""

import re
from datetime import date

import pytest

from cds.knowledge import KnowledgeError

DOSE = "parameters/dose.yaml"


def test_a_figure_without_references(folder):
    line = folder.replace(DOSE, "references: [monograph, us_label_oral], ", "")
    folder.refuses(f"{DOSE}:{line}", "has no 'references'")


def test_a_figure_with_an_empty_list_of_references(folder):
    line = folder.replace(DOSE, "[monograph, us_label_oral]", "[]")
    folder.refuses(f"{DOSE}:{line}", "names no reference")


def test_a_regime_without_references(folder):
    line = folder.replace("regimes.yaml", "    references: [uk_formulary, uk_smpc, monograph]\n", "")
    error = folder.refuses(f"regimes.yaml:{line - 12}", "has no 'references'")
    assert "uk-spasticity" in error.cause


def test_an_unknown_reference(folder):
    line = folder.replace(DOSE, "[monograph, us_label_oral]", "[monograph, nobody]")
    folder.refuses(f"{DOSE}:{line}", "unknown reference 'nobody'")


@pytest.mark.parametrize(
    ("file", "old"),
    [
        ("regimes.yaml", "[de_patient_leaflet, monograph]"),
        ("periods.yaml", "[ta_cergy_2020, ce_441409]"),
        ("products.yaml", "[rxnorm]"),
        ("rules/dose/OralDailyMaximum.yaml", "[monograph, us_label_oral,"),
    ],
)
def test_an_unknown_reference_anywhere(folder, file, old):
    line = folder.replace(file, old, old.replace("[", "[nobody, "))
    folder.refuses(f"{file}:{line}", "unknown reference 'nobody'")


def test_an_unknown_origin_of_a_code(folder):
    line = folder.replace("value_sets/baclofen.yaml", "origin: who_atc", "origin: nobody")
    folder.refuses(f"value_sets/baclofen.yaml:{line}", "unknown reference 'nobody'")


def test_a_duplicate_key(folder):
    line = folder.append("periods.yaml", "  rtu.ladder:\n    title: again\n")
    folder.refuses(f"periods.yaml:{line}", "duplicate key 'rtu.ladder'")


def test_an_unknown_key(folder):
    line = folder.replace(DOSE, "    unit: mg\n", "    unit: mg\n    colour: red\n")
    folder.refuses(f"{DOSE}:{line + 1}", "unknown key 'colour'")


def test_a_parameter_in_two_files(folder):
    line = folder.append(
        "parameters/unit.yaml",
        "  dose.single.usual:\n    title: again\n    unit: mg\n    last_checked: 2026-11-22\n"
        "    values:\n      - {value: 20, references: [monograph], confidence: read}\n",
    )
    folder.refuses(f"parameters/unit.yaml:{line}", "stands in two files")


def test_values_that_overlap(folder):
    line = folder.append(
        DOSE,
        "  dose.twice:\n    title: two at a time\n    unit: mg\n    last_checked: 2026-11-22\n    values:\n"
        "      - {to: 2020-01-01, value: 1, references: [monograph], confidence: read}\n"
        "      - {from: 2020-01-01, value: 2, references: [monograph], confidence: read}\n",
    )
    folder.refuses(f"{DOSE}:{line}", "overlap")


def test_dated_values_of_one_parameter(folder):
    folder.append(
        DOSE,
        "  dose.twice:\n    title: one after the other\n    unit: mg\n    last_checked: 2026-11-22\n    values:\n"
        "      - {from: 2019-01-01, to: 2019-12-31, value: 1, references: [monograph], confidence: read}\n"
        "      - {from: 2020-01-01, value: 2, references: [monograph], confidence: read}\n",
    )
    knowledge = folder.load()
    assert knowledge.figure("dose.twice", date(2019, 12, 31)) == 1
    assert knowledge.figure("dose.twice", date(2020, 1, 1)) == 2
    with pytest.raises(KnowledgeError, match="not in force on 2018-12-31"):
        knowledge.figure("dose.twice", date(2018, 12, 31))


def test_a_day_that_does_not_exist(folder):
    line = folder.replace("periods.yaml", "to: 2020-11-24", "to: 2020-02-30")
    folder.refuses(f"periods.yaml:{line}", "not a day of the calendar")


def test_a_period_that_ends_before_it_begins(folder):
    line = folder.replace("periods.yaml", "to: 2020-11-24", "to: 2020-06-16")
    folder.refuses(f"periods.yaml:{line}", "before it begins")


def test_a_date_in_another_form(folder):
    line = folder.replace("periods.yaml", "from: 2020-06-17", "from: 17/06/2020")
    folder.refuses(f"periods.yaml:{line}", "17/06/2020")


def test_a_figure_that_is_no_number(folder):
    line = folder.replace(DOSE, "value: 20,", "value: twenty,")
    folder.refuses(f"{DOSE}:{line}", "value")


def test_an_unknown_confidence(folder):
    line = folder.replace(DOSE, "confidence: derived", "confidence: certain")
    folder.refuses(f"{DOSE}:{line}", "certain")


def test_a_code_that_lost_its_quotes(folder):
    line = folder.replace("value_sets/baclofen.yaml", '"1292": baclofen', "1292: baclofen")
    folder.refuses(f"value_sets/baclofen.yaml:{line}", "a key must be text")


def test_a_code_twice_in_a_set(folder):
    line = folder.replace(
        "value_sets/conditions_indication.yaml",
        '{"128188000": Cerebral palsy,',
        '{"128188000": Cerebral palsy}}\n      - {systems: [snomed], origin: snomed_public, confidence: read, codes: '
        '{"128188000": Cerebral palsy,',
    )
    folder.refuses(f"value_sets/conditions_indication.yaml:{line + 1}", "stands twice")


def test_an_unknown_code_system(folder):
    line = folder.replace("value_sets/baclofen.yaml", "systems: [unii]", "systems: [umls]")
    folder.refuses(f"value_sets/baclofen.yaml:{line}", "unknown code system 'umls'")


def test_an_unknown_and_a_circular_inclusion(folder):
    line = folder.replace("value_sets/allergies.yaml", "[baclofen_ingredient]", "[baclofen_ingredients]")
    folder.refuses(f"value_sets/allergies.yaml:{line}", "unknown value set 'baclofen_ingredients'")
    folder.replace("value_sets/allergies.yaml", "[baclofen_ingredients]", "[baclofen_allergy]")
    folder.refuses(f"value_sets/allergies.yaml:{line}", "includes itself")


def test_a_product_code_for_two_products(folder):
    folder.replace("products.yaml", '{rxnorm: ["430902"]}', '{rxnorm: ["197391"]}')
    with pytest.raises(KnowledgeError, match=r"products\.yaml:\d+: rxnorm 197391 stands for two products"):
        folder.load()


def test_a_liquid_with_a_strength_per_tablet(folder):
    folder.replace("products.yaml", "strength_mg_per_ml: 5", "strength_mg: 5")
    with pytest.raises(KnowledgeError, match=r"products\.yaml:\d+: a solid has strength_mg"):
        folder.load()


RULE = "rules/dose/OralDailyMaximum.yaml"


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("id: OralDailyMaximum", "id: OralMaximum", "is not the file's name"),
        ("family: dose", "family: renal", "is not the folder's name"),
        ("cause: amount", "cause: other", "other"),
        ("position: 110", "position: first", "first"),
        ("parameters: [", "parameters: [no.such_figure, ", "unknown parameter 'no.such_figure'"),
        ("cause: amount", "cause: amount\nreplaces: [NoSuchRule]", "replaces an unknown rule 'NoSuchRule'"),
    ],
)
def test_a_rule_that_contradicts_itself(folder, old, new, because):
    if old.startswith("parameters") and "parameters: []" in (folder.path / RULE).read_text("utf-8"):
        old, new = "parameters: []", "parameters: [no.such_figure]"
    line = folder.replace(RULE, old, new)
    folder.refuses(f"{RULE}:{line + new.count(chr(10))}", because)


def test_two_rules_at_one_position(folder):
    other = next(path for path in sorted((folder.path / "rules").rglob("*.yaml")) if path.stem != "OralDailyMaximum")
    text = other.read_text("utf-8")
    position = next(line for line in text.splitlines() if line.startswith("position:"))
    other.write_text(text.replace(position, "position: 110"), "utf-8")
    with pytest.raises(KnowledgeError, match=r"rules/.*yaml:\d+: position 110 is taken by"):
        folder.load()


@pytest.mark.parametrize(
    ("broken", "because"),
    [
        ("{dailyDose", "not a template"),
        ("{0}", "is not a plain name"),
        ("{}", "is not a plain name"),
        ("{a.b}", "is not a plain name"),
        ("{a!r}", "is not a plain name"),
        ("{a:>3}", "is not a plain name"),
    ],
)
def test_a_text_that_is_no_template(folder, broken, because):
    line = folder.replace("texts/notes.yaml", "  at_least: ", f'  broken: "{broken}"\n  at_least: ')
    folder.refuses(f"texts/notes.yaml:{line}", because)


def test_a_missing_file(folder):
    (folder.path / "periods.yaml").unlink()
    folder.refuses("periods.yaml", "cannot be read")


def test_a_file_that_is_not_utf8(folder):
    (folder.path / "periods.yaml").write_bytes(b"periods: \xff\n")
    folder.refuses("periods.yaml", "is not UTF-8")


def test_an_address_of_two_code_systems(folder):
    folder.replace("systems.yaml", "urn:oid:2.16.840.1.113883.6.96", "http://loinc.org/")
    with pytest.raises(KnowledgeError, match=r"systems\.yaml:\d+: .*stands for two code systems"):
        folder.load()


def test_the_untouched_copy_loads_and_is_the_same_version(folder, knowledge):
    assert folder.load().version == knowledge.version


@pytest.mark.parametrize(
    "file", ["periods.yaml", "regimes.yaml", "products.yaml", "texts/notes.yaml", "systems.yaml", DOSE, RULE]
)
def test_any_change_changes_the_version(folder, knowledge, file):
    folder.append(file, "# a remark\n")
    assert folder.load().version != knowledge.version


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("indicators: [", "period: no.such_period\nindicators: [", "unknown period 'no.such_period'"),
        ("indicators: [", "indicators: [fatal, ", "fatal"),
        ("attributes: [", "attributes: [race, ", "race"),
    ],
)
def test_a_rule_that_declares_what_there_is_not(folder, old, new, because):
    line = folder.replace(RULE, old, new)
    folder.refuses(f"{RULE}:{line}", because)


def test_a_sentence_with_a_figure_that_the_rule_does_not_read(folder):
    folder.replace(RULE, "{age.daily_maximum_adult}", "{age.adult}")
    with pytest.raises(KnowledgeError, match=re.escape("{age.adult} is no figure of this rule")):
        folder.load()


@pytest.mark.parametrize("member", ["fires:", "indicators:", "attributes:", "history:"])
def test_a_rule_that_keeps_something_back(folder, member):
    path = folder.path / RULE
    kept = [
        part
        for part in re.split(r"^(?=[a-z_]+:)", path.read_text("utf-8"), flags=re.MULTILINE)
        if not part.startswith(member)
    ]
    path.write_text("".join(kept), "utf-8")
    folder.refuses(f"{RULE}:1", f"the file has no '{member[:-1]}'")


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("funding:", "money: none\nfunding:", "unknown key 'money'"),
        ("  race:\n", "  colour:\n", "usages has no 'race'"),
        ("attributes: [sex]", "attributes: [name]", "'name' is not one of"),
        ("released: 2026-11-23", "released: 2026-11-31", "is not a day of the calendar"),
    ],
)
def test_transparency_that_says_something_else(folder, old, new, because):
    folder.replace("transparency.yaml", old, new)
    with pytest.raises(KnowledgeError, match=re.escape(because)) as caught:
        folder.load()
    assert str(caught.value).startswith("transparency.yaml:")
