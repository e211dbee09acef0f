"""Rules kept from the prescribers of one organisation, read from the file of issuers."""

from datetime import date

import pytest

from cds.security import DocumentError, load_issuers
from cds.security.modes import NO_MODES, Kept

ENTRY = """\
issuers:
  - name: A
    iss: urn:a
    authentication: none
    fhir_servers: [http://127.0.0.1/a]
"""
RULES = {"Lithium", "Epilepsy", "RenalSevere"}


def read(tmp_path, more="", rules=RULES):
    file = tmp_path / "issuers.yaml"
    file.write_text(ENTRY + more)
    (issuer,) = load_issuers(file, rules=rules).known
    return issuer.modes


def test_nothing_is_kept_unless_the_file_says_so(tmp_path):
    assert read(tmp_path) == NO_MODES
    assert (NO_MODES.of("Lithium"), NO_MODES.decision("Lithium")) == ("shown", None)


def test_single_rules_go_before_the_whole_organisation(tmp_path):
    modes = read(
        tmp_path,
        "    silent: {reason: first we look, since: 2026-11-02}\n"
        '    rules:\n      Lithium: {mode: "off", reason: misfires on creams, since: 2026-11-03}\n',
    )
    assert modes.decision("Epilepsy") == Kept("silent", "first we look", date(2026, 11, 2))
    assert modes.decision("Lithium") == Kept("off", "misfires on creams", date(2026, 11, 3))


@pytest.mark.parametrize(
    ("more", "line", "said"),
    [
        ("    rules:\n      Lithum: {mode: silent, reason: x, since: 2026-11-03}\n", 7, "no rule 'Lithum'"),
        ("    rules:\n      Lithium: {mode: silent, reason: x, since: 2026-11-31}\n", 7, "no day of the calendar"),
        ("    silent: {reason: x, since: 2026-02-30}\n", 6, "no day of the calendar"),
        ("    rules:\n      Lithium: {mode: silent, since: 2026-11-03}\n", 7, "reason"),
        ("    rules:\n      Lithium: {mode: quiet, reason: x, since: 2026-11-03}\n", 7, "quiet"),
        ("    silent: {since: 2026-11-03}\n", 6, "reason"),
        ("    silent: true\n", 6, "silent"),
    ],
)
def test_a_decision_without_a_reason_a_day_or_a_rule_is_refused(tmp_path, more, line, said):
    with pytest.raises(DocumentError, match=rf"issuers\.yaml:{line}: .*{said}"):
        read(tmp_path, more)


def test_without_a_list_any_rule_may_be_named(tmp_path):
    more = "    rules:\n      Anything: {mode: silent, reason: x, since: 2026-11-03}\n"
    assert read(tmp_path, more, rules=None).of("Anything") == "silent"
