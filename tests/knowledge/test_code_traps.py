"""Codes that public lists get wrong, as the project's evidence names them: none of them may mean here what it is mistaken for there."""

import pytest

from cds.protocol.discovery import PREFETCH
from cds.rules.registry import other_side_classes

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"

NOWHERE = [
    (RXNORM, "8163"),  # given out as baclofen
    (LOINC, "96591-3"),  # an eGFR in one list, the country of birth in another
    (LOINC, "78006-4"),  # in one list only, its title never read
    (SNOMED, "129618003"),  # autonomic dysreflexia from memory
]
ORDERS = {"creatinine_order"}
"""Value sets of examinations to order, where codes of a result name the examination."""


def members(knowledge, name):
    return {(member.system, member.code) for member in knowledge.value_set(name).codes}


def results(knowledge, code):
    """The value sets that a LOINC code of a result is read by."""
    return knowledge.sets_of(LOINC, code) - ORDERS


@pytest.mark.parametrize(("system", "code"), NOWHERE)
def test_stands_nowhere(knowledge, system, code):
    assert not knowledge.sets_of(system, code)
    assert knowledge.product(system, code) is None
    assert not any(member.code == code for found in knowledge.value_sets.values() for member in found.codes)
    assert not any(code in template for template in PREFETCH.values())


def test_fentanyl_is_an_opioid_and_nothing_else(knowledge):
    assert knowledge.sets_of(RXNORM, "4337") == {"opioid", "cns_depressant"}
    assert knowledge.product(RXNORM, "4337") is None


@pytest.mark.parametrize(
    ("code", "only"),
    [
        ("33914-3", "egfr_codes"),  # in a public list as creatinine
        ("14682-9", "creatinine_codes"),  # in a public list as urea
        ("2160-0", "creatinine_codes"),
        ("35591-7", "crcl_codes"),  # in a French list among the eGFR codes
        ("2164-2", "crcl_codes"),
        ("50384-7", "egfr_schwartz"),  # used for adults, although it is the children's formula
        ("45066-8", "renal_panel"),  # used as an eGFR, although it is a panel
        ("62238-1", "egfr_codes"),
        ("98979-8", "egfr_codes"),
    ],
)
def test_a_result_is_read_as_what_it_is_and_nothing_else(knowledge, code, only):
    assert results(knowledge, code) == {only}


def test_nothing_is_read_as_urea(knowledge):
    assert not any("bun" in name or "urea" in name for name in knowledge.value_sets)


def test_stages_of_kidney_disease_are_not_mixed_up(knowledge):
    severe = members(knowledge, "severe_renal_insufficiency")
    assert {("snomed", "431857002"), ("snomed", "433146000")} <= severe
    assert not severe & {("snomed", "431855005"), ("snomed", "700379002"), ("snomed", "433144002")}
    names = {member.code: member.display for member in knowledge.value_set("chronic_kidney_disease").codes}
    assert names["431855005"].endswith("stage 1")
    assert names["431856006"].endswith("stage 2")
    assert names["433144002"].endswith("stage 3")
    assert names["700379002"].endswith("stage 3B")
    holding = {name for name in knowledge.value_sets if ("snomed", "700379002") in members(knowledge, name)}
    assert holding == {"chronic_kidney_disease"}


def test_dysreflexia_has_no_snomed_code(knowledge):
    assert {member.system for member in knowledge.value_set("autonomic_dysreflexia").codes} == {"icd10cm", "icd10"}


def test_the_fifth_character_of_alcohol_dependence_is_never_read(knowledge):
    """F10.20 is "uncomplicated" in ICD-10-CM and, by all that is known, "at present abstinent" in the French ICD-10."""
    every = [
        member for found in knowledge.value_sets.values() for member in found.codes if member.code.startswith("F10")
    ]
    assert every
    assert {member.code for member in every if member.system in ("icd10", "icd10cm")} == {"F10.1", "F10.2"}
    assert all(member.prefix for member in every)
    assert not any(len(member.code) > len("F10.2") for member in every)
    for code in ("F10.20", "F10.202", "F10.21", "F10.24", "F10.2"):
        assert "alcohol_use_disorder" in knowledge.sets_of(ICD10, code)


@pytest.mark.parametrize(
    "code",
    [
        "N18.6",
        "R45.851",
        "T14.91",
        "T14.91XA",
        "R56.9",
        "Z33.1",
        "G12.21",
        "M62.83",
        "O09.9",
        "Z3A.20",
        "T42.8X2A",
        "I50.84",
    ],
)
def test_codes_of_the_american_modification_mean_nothing_more_elsewhere(knowledge, code):
    """The base classification has no such code; a parent that both share may still hold it."""
    assert knowledge.sets_of(ICD10CM, code)
    own = {
        name
        for name, found in knowledge.value_sets.items()
        if any(m.system == "icd10" and m.code == code for m in found.codes)
    }
    assert not own


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("N18.6", "dialysis"),
        ("R45.851", "suicidality"),
        ("R56.9", "epilepsy"),
        ("O09.9", "pregnancy"),
        ("G12.21", "multiple_sclerosis"),
    ],
)
def test_the_two_classifications_are_kept_apart(knowledge, code, name):
    assert name not in knowledge.sets_of(ICD10, code)


@pytest.mark.parametrize("name", sorted(other_side_classes() | {"tricyclic", "nsaid", "nephrotoxic"}))
def test_every_interacting_class_is_known_by_ingredient_and_by_atc(knowledge, name):
    codes = knowledge.value_set(name).codes
    assert [member for member in codes if member.system == "rxnorm" and not member.prefix]
    assert [member for member in codes if member.system == "atc"]
    assert all(knowledge.reference(member.origin) and member.confidence for member in codes)
    assert all(len(member.code) >= len("C02") for member in codes if member.system == "atc")
    assert knowledge.value_set(name).words


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("1819", "opioid"),
        ("6813", "opioid"),
        ("3322", "benzodiazepine"),
        ("8134", "barbiturate"),
        ("25480", "gabapentinoid"),
        ("187832", "gabapentinoid"),
        ("39993", "z_drug"),
        ("57258", "muscle_relaxant"),
        ("5553", "sedating_antihistamine"),
        ("51272", "antipsychotic"),
        ("15996", "sedating_antidepressant"),
        ("2599", "central_antihypertensive"),
    ],
)
def test_depressants_by_ingredient(knowledge, code, name):
    assert {name, "cns_depressant"} <= knowledge.sets_of(RXNORM, code)


@pytest.mark.parametrize(
    ("code", "name", "belongs"),
    [
        ("N07BC01", "opioid", True),
        ("N07BC02", "opioid", True),
        ("N07BC04", "opioid", False),  # lofexidine
        ("N07BB04", "opioid", False),  # naltrexone
        ("R05DA04", "opioid", True),
        ("R05DA09", "opioid", False),  # dextromethorphan
        ("N02AJ06", "opioid", True),
        ("N06AA09", "tricyclic", True),
        ("N06AA09", "sedating_antidepressant", False),
        ("N06AA09", "cns_depressant", False),
        ("N06AX11", "sedating_antidepressant", True),
        ("N06AB06", "cns_depressant", False),  # sertraline does not sedate
        ("N06AX16", "cns_depressant", False),  # nor does venlafaxine
        ("N06AF03", "maoi", True),
        ("N05AN01", "lithium", True),
        ("N05AN01", "antipsychotic", False),
        ("N04BD01", "maoi", True),
        ("C02AC01", "central_antihypertensive", True),
        ("C02AC01", "antihypertensive", True),
        ("C09AA03", "antihypertensive", True),
        ("C09AA03", "cns_depressant", False),
        ("N07XX04", "sodium_oxybate", True),
        ("N07XX04", "cns_depressant", False),
        ("M01AX05", "nsaid", False),  # glucosamine
        ("M02AA15", "nsaid", False),
    ],
)
def test_classes_by_atc(knowledge, code, name, belongs):
    assert (name in knowledge.sets_of("http://www.whocc.no/atc", code)) is belongs
