import pytest

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ATC = "http://www.whocc.no/atc"


def codes(knowledge, name):
    return {(member.system, member.code) for member in knowledge.value_set(name).codes}


@pytest.mark.parametrize(
    ("system", "code"),
    [(RXNORM, "1292"), (ATC, "M03BX01"), (SNOMED, "387342009"), ("http://fdasis.nlm.nih.gov", "H789N3FKE8")],
)
def test_baclofen(knowledge, system, code):
    assert "baclofen_ingredient" in knowledge.sets_of(system, code)


def test_no_relaxant_of_another_kind_is_baclofen(knowledge):
    assert "muscle_relaxant" not in knowledge.sets_of(ATC, "M03BX01")
    assert {"muscle_relaxant", "cns_depressant"} <= knowledge.sets_of(ATC, "M03BX02")


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (ICD10, "F10.2", True),
        (ICD10, "F10.24", True),
        (ICD10, "F1020", True),
        (ICD10, "F10.1", True),
        (ICD10, "F10.0", False),
        (ICD10, "F11.2", False),
        (ICD10CM, "F10.20", True),
        (ICD10CM, "f10.239", True),
        (ICD10CM, "F10.9", False),
        (SNOMED, "F10.2", False),
        (SNOMED, "66590003", True),
    ],
)
def test_alcohol_use_disorder(knowledge, system, code, expected):
    assert knowledge.value_set("alcohol_use_disorder").contains(system, code) is expected
    assert ("alcohol_use_disorder" in knowledge.sets_of(system, code)) is expected


def test_the_two_classifications_are_kept_apart(knowledge):
    assert "dialysis" in knowledge.sets_of(ICD10CM, "N18.6")
    assert "dialysis" not in knowledge.sets_of(ICD10, "N18.6")
    assert "epilepsy" not in knowledge.sets_of(ICD10CM, "R56.0")


@pytest.mark.parametrize("code", ["G35", "G35.A", "G35.B1", "G35.D"])
def test_multiple_sclerosis_before_and_after_its_division(knowledge, code):
    assert {"multiple_sclerosis", "spasticity_indication"} <= knowledge.sets_of(ICD10CM, code)


@pytest.mark.parametrize(
    ("code", "is_dependence"), [("F11.2", True), ("F19.2", True), ("F16.20", True), ("F17.2", False), ("F10.2", False)]
)
def test_dependence_on_another_substance(knowledge, code, is_dependence):
    assert ("substance_dependence" in knowledge.sets_of(ICD10, code)) is is_dependence
    assert not knowledge.sets_of(SNOMED, "89765005")


def test_underdosing_is_no_overdose(knowledge):
    assert "overdose_or_toxicity" in knowledge.sets_of(ICD10CM, "T42.8X2A")
    assert not knowledge.sets_of(ICD10CM, "T42.8X6A")


def test_only_its_own_code_says_that_epilepsy_is_not_controlled(knowledge):
    assert codes(knowledge, "refractory_epilepsy") == {("snomed", "445355009")}
    assert "refractory_epilepsy" not in knowledge.sets_of(SNOMED, "84757009")
    assert {"epilepsy", "refractory_epilepsy"} <= knowledge.sets_of(SNOMED, "445355009")


def test_gradual_titration_leaves_out_multiple_sclerosis_and_alcohol(knowledge):
    gradual = knowledge.value_set("psychiatric_or_brain_disorder")
    assert not gradual.contains(SNOMED, "24700007")
    assert not gradual.contains(ICD10, "F10.2")
    for system, code in ((ICD10, "F20.9"), (ICD10CM, "F33.1"), (ICD10CM, "G20.A1"), (ICD10, "I63.9"), (ICD10, "G80.9")):
        assert gradual.contains(system, code)


@pytest.mark.parametrize(
    "system",
    [
        "http://snomed.info/sct",
        "https://snomed.info/sct/",
        "urn:oid:2.16.840.1.113883.6.96",
        "2.16.840.1.113883.6.96",
        "URN:OID:2.16.840.1.113883.6.96",
        " http://snomed.info/sct ",
        "snomed",
    ],
)
def test_addresses_of_a_system(knowledge, system):
    assert "multiple_sclerosis" in knowledge.sets_of(system, "24700007")


@pytest.mark.parametrize(
    ("oid", "name"), [("6.88", "rxnorm"), ("6.96", "snomed"), ("6.1", "loinc"), ("6.90", "icd10cm"), ("6.69", "ndc")]
)
def test_object_identifiers(knowledge, oid, name):
    assert knowledge.systems.name(f"urn:oid:2.16.840.1.113883.{oid}") == name


@pytest.mark.parametrize("system", ["", "urn:oid:1.2.3", "http://example.org", "http://snomed.info/scta"])
def test_unknown_systems_belong_nowhere(knowledge, system):
    assert knowledge.sets_of(system, "24700007") == frozenset()
    assert not knowledge.value_set("multiple_sclerosis").contains(system, "24700007")
    assert knowledge.product(system, "1292") is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("multiple_sclerosis", "Multiple Sclerosis (relapsing)"),
        ("multiple_sclerosis", "Sclérose en plaques"),
        ("spasticity_indication", "Spasticité d’origine médullaire"),
        ("alcohol_use_disorder", "Syndrome de dépendance à l'alcool"),
        ("alcohol_use_disorder", "ALCOHOL USE DISORDER, severe"),
        ("stroke", "AVC ischémique"),
        ("dialysis", "Insuffisance rénale terminale, hémodialysé"),
        ("overdose_or_toxicity", "Surdosage en baclofène"),
        ("overdose_or_toxicity", "Baclofen toxicity"),
        ("overdose_or_toxicity", "Serious adverse drug reaction"),
        ("overdose_or_toxicity", "Severe adverse reaction to baclofen"),
        ("overdose_or_toxicity", "Effet indésirable grave"),
        ("overdose_or_toxicity", "Réactions indésirables graves"),
        ("overdose_or_toxicity", "Choc anaphylactique"),
        ("overdose_or_toxicity", "Anaphylaxis"),
        ("overdose_or_toxicity", "Coma"),
        ("overdose_or_toxicity", "Dépression respiratoire"),
        ("overdose_or_toxicity", "Baclofen toxicity, stroke ruled out"),
        ("toxicity_signs", "New confusion and drowsiness"),
        ("baclofen_withdrawal", "Baclofen withdrawal: fever"),
        ("psychiatric_disorder", "Depression"),
        ("acute_kidney_injury", "Insuffisance rénale aiguë"),
        ("autonomic_dysreflexia", "Autonomic dysreflexia"),
        ("no_known_allergy", "No known allergies"),
        ("baclofen_ingredient", "BACLOFÈNE 10 mg"),
        ("nsaid", "Ibuprofène 400 mg"),
        ("peptic_ulcer", "Ulcère gastro-duodénal"),
    ],
)
def test_words(knowledge, name, text):
    assert knowledge.value_set(name).matches(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("epilepsy", "No seizures"),
        ("epilepsy", "Family history of epilepsy"),
        ("epilepsy", "Pas d'épilepsie"),
        ("epilepsy", "Antécédents familiaux d'épilepsie"),
        ("pregnancy", "Not pregnant"),
        ("overdose_or_toxicity", "Adverse reaction"),
        ("overdose_or_toxicity", "Effet indésirable"),
        ("overdose_or_toxicity", "Suspected toxicity ruled out"),
        ("overdose_or_toxicity", "Overdose of baclofen was excluded"),
        ("overdose_or_toxicity", "Toxicité exclue"),
        ("overdose_or_toxicity", "Toxicité au baclofène écartée"),
        ("overdose_or_toxicity", "Intoxication éliminée"),
        ("multiple_sclerosis", "Amyotrophic lateral sclerosis"),
        ("psychiatric_disorder", "Respiratory depression"),
        ("stroke", "Heatstrokes"),
        ("chronic_kidney_disease", "Acute kidney injury"),
        ("egfr_codes", "eGFR"),
    ],
)
def test_other_words(knowledge, name, text):
    assert not knowledge.value_set(name).matches(text)


def test_a_denial_does_not_hide_a_later_mention(knowledge):
    assert knowledge.value_set("epilepsy").matches("No epilepsy in childhood; seizures since 2019")


def test_texts_are_looked_up_within_one_kind(knowledge):
    assert knowledge.sets_of_text("Baclofen", "allergy") == {"baclofen_allergy"}
    assert knowledge.sets_of_text("Baclofen", "drug") == {"baclofen_ingredient"}
    assert knowledge.sets_of_text("Baclofen", "condition") == frozenset()
    assert knowledge.sets_of_text("", "condition") == frozenset()


def test_the_index_agrees_with_every_set(knowledge):
    for value_set in knowledge.value_sets.values():
        for member in value_set.codes:
            assert value_set.contains(member.system, member.code)
            assert value_set.name in knowledge.sets_of(member.system, member.code)
            assert knowledge.reference(member.origin)


def test_every_set_can_be_found_by_something(knowledge):
    for value_set in knowledge.value_sets.values():
        assert value_set.codes or value_set.words
        assert value_set.title


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Implantable intrathecal infusion pump", {"intrathecal_pump"}),
        ("SynchroMed II", {"intrathecal_pump"}),
        ("Pompe à baclofène implantée", {"intrathecal_pump"}),
        ("Prometra II programmable pump", {"intrathecal_pump", "field_opened_pump"}),
        ("Insulin pump", set()),
        ("Implantable infusion pump", set()),
    ],
)
def test_pumps_by_their_words(knowledge, text, kinds):
    assert knowledge.sets_of_text(text, "device") == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("MRI brain without contrast", {"mri"}),
        ("MR Brain", {"mri"}),
        ("IRM médullaire", {"mri"}),
        ("Imagerie par résonance magnétique", {"mri"}),
        ("CT of head", set()),
        ("Hyperbaric oxygen therapy", {"hyperbaric_oxygen"}),
        ("Oxygen therapy", set()),
        ("Implantation of intrathecal baclofen pump", {"pump_implantation"}),
        ("Refill of intrathecal pump", set()),
    ],
)
def test_what_matters_to_a_pump_by_its_words(knowledge, text, kinds):
    assert knowledge.sets_of_text(text, "procedure") == kinds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Urinary tract infection", True),
        ("Infected pressure ulcer", True),
        ("Bactériémie à E. coli", True),
        ("Endocarditis", True),
        ("No infection", False),
        ("Myocardial infarction", False),
    ],
)
def test_infections_by_their_words(knowledge, text, expected):
    assert ("infection_active" in knowledge.sets_of_text(text, "condition")) is expected


def test_morphine_alone_is_morphine(knowledge):
    assert {"morphine", "opioid"} <= knowledge.sets_of(RXNORM, "7052")
    assert "morphine" not in knowledge.sets_of(RXNORM, "4337")
    assert {"oral_antispasmodic", "muscle_relaxant"} <= knowledge.sets_of(ATC, "M03BX02")
    assert "oral_antispasmodic" not in knowledge.sets_of(ATC, "M03BX01")
