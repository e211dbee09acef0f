"""What is in force on a day, as the command line tells it: on both sides of every date that changed something."""

from datetime import date

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cds._catalogue import print_in_force, print_rule
from cds.cli import app
from cds.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()

BEFORE = "France, alcohol use disorder, before the RTU"
RTU_2014 = "France, alcohol use disorder, RTU 2014"
RTU_2017 = "France, alcohol use disorder, RTU 2017"
FIRST = "France, alcohol use disorder, marketing authorisation, first text"
FIRST_ALL = f"{FIRST} (only Baclocur 10 mg, comprimé pelliculé sécable; Baclocur 20 mg, comprimé pelliculé sécable; Baclocur 40 mg, comprimé pelliculé sécable)"
FIRST_30 = f"{FIRST} (only Baclocur 30 mg, comprimé pelliculé sécable)"
PRESENT = "France, alcohol use disorder, marketing authorisation, present text"


def in_force(day, jurisdiction="FR"):
    """The sections of the answer: a dict of first cells to the other cells, by the first word of the section's title."""
    console = Console(width=400, no_color=True)
    with console.capture() as capture:
        print_in_force(KNOWLEDGE, date.fromisoformat(day), jurisdiction, console)
    return sections(capture.get())


def sections(text):
    found = {}
    for block in text.split("\n\n"):
        title, *lines = [line.rstrip() for line in block.splitlines() if line.strip()]
        rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines[1:]]
        found[title.split()[0]] = {row[0]: row[1:] for row in rows}
    return found


def alcohol(day):
    return {title: cells for title, cells in in_force(day)["Regimes"].items() if "alcohol" in title}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2014-03-16", {BEFORE: ["15", "15", "3", "80", "150", "until 2014-03-16"]}),
        ("2014-03-17", {RTU_2014: ["15", "10", "2", "ladder", "300", "from 2014-03-17 until 2017-07-23"]}),
        ("2017-07-23", {RTU_2014: ["15", "10", "2", "ladder", "300", "from 2014-03-17 until 2017-07-23"]}),
        ("2017-07-24", {RTU_2017: ["15", "10", "2", "80", "180", "from 2017-07-24 until 2020-12-13"]}),
        (
            "2020-06-16",
            {
                RTU_2017: ["15", "10", "2", "80", "180", "from 2017-07-24 until 2020-12-13"],
                FIRST_30: ["20", "10", "3", "80", "180", "from 2020-06-15 until 2020-12-13"],
                FIRST_ALL: ["20", "10", "3", "80", "180", "from 2020-06-15 until 2020-06-16"],
            },
        ),
        (
            "2020-06-17",
            {
                RTU_2017: ["15", "10", "2", "80", "180", "from 2017-07-24 until 2020-12-13"],
                FIRST_30: ["20", "10", "3", "80", "180", "from 2020-06-15 until 2020-12-13"],
            },
        ),
        (
            "2020-12-13",
            {
                RTU_2017: ["15", "10", "2", "80", "180", "from 2017-07-24 until 2020-12-13"],
                FIRST_30: ["20", "10", "3", "80", "180", "from 2020-06-15 until 2020-12-13"],
            },
        ),
        ("2020-12-14", {FIRST: ["20", "10", "3", "80", "180", "from 2020-12-14 until 2021-11-17"]}),
        ("2021-11-17", {FIRST: ["20", "10", "3", "80", "180", "from 2020-12-14 until 2021-11-17"]}),
        ("2021-11-18", {PRESENT: ["20", "10", "3", "80", "300", "from 2021-11-18"]}),
    ],
)
def test_the_french_regimes_for_alcohol_use_disorder(day, expected):
    assert alcohol(day) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2014-03-16", set()),
        ("2014-03-17", {"rtu.programme", "rtu.ladder", "rtu.contraindications", "rtu.prescription_mention"}),
        ("2017-07-23", {"rtu.programme", "rtu.ladder", "rtu.contraindications", "rtu.prescription_mention"}),
        (
            "2017-07-24",
            {"rtu.programme", "rtu.ladder", "rtu.contraindications", "rtu.prescription_mention", "rtu.line_at_80"},
        ),
        (
            "2020-06-16",
            {"rtu.programme", "rtu.ladder", "rtu.contraindications", "rtu.prescription_mention", "rtu.line_at_80"},
        ),
        (
            "2020-06-17",
            {
                *("rtu.programme", "rtu.ladder", "rtu.contraindications", "rtu.prescription_mention"),
                *("rtu.line_at_80", "baclocur.suspension"),
            },
        ),
        (
            "2020-12-13",
            {"rtu.programme", "rtu.ladder", "rtu.contraindications", "rtu.prescription_mention", "rtu.line_at_80"},
        ),
        ("2020-12-14", {"rtu.ladder", "rtu.line_at_80", "fr_alcohol_product"}),
    ],
)
def test_the_periods(day, expected):
    periods = in_force(day)["Periods"]
    assert {period for period, cells in periods.items() if cells[0] == "in force"} == expected


@pytest.mark.parametrize(
    ("day", "out"),
    [
        (
            "2014-03-16",
            {
                *(
                    "BaclocurSuspended",
                    "FrAlcoholProduct",
                    "RtuCollegialOpinion",
                    "RtuContraindication",
                    "RtuDoseCeiling",
                ),
                *("RtuFollowUp", "RtuPrescriptionMention", "RtuSecondOpinion"),
            },
        ),
        ("2014-03-17", {"BaclocurSuspended", "FrAlcoholProduct"}),
        ("2020-06-16", {"BaclocurSuspended", "FrAlcoholProduct"}),
        ("2020-06-17", {"FrAlcoholProduct"}),
        ("2020-12-13", {"BaclocurSuspended", "FrAlcoholProduct"}),
        ("2020-12-14", {"BaclocurSuspended", "RtuContraindication", "RtuPrescriptionMention"}),
    ],
)
def test_the_rules_that_are_out_of_force(day, out):
    assert set(in_force(day)["Rules"]) == out


@pytest.mark.parametrize(("day", "shown"), [("2014-03-16", "-"), ("2014-03-17", "120 mg/d")])
def test_the_dated_figures(day, shown):
    assert in_force(day)["Figures"]["rtu.second_opinion"] == [shown, "from 2014-03-17"]


def test_a_jurisdiction_meets_its_own_regimes_and_those_of_everywhere():
    everywhere = ["trigeminal neuralgia or neuropathic pain", "alcohol use disorder, outside France"]
    assert list(in_force("2026-11-25", "DE")["Regimes"]) == ["Germany, spasticity", *everywhere]
    assert everywhere[1] not in in_force("2026-11-25", "FR")["Regimes"]
    assert len(in_force("2026-11-25", None)["Regimes"]) == 8


@pytest.mark.parametrize(
    ("rule", "day", "expected", "absent"),
    [
        ("RtuSecondOpinion", "2014-03-16", "rtu.second_opinion: none", "120 mg"),
        ("RtuSecondOpinion", "2014-03-17", "rtu.second_opinion = 120 mg/d from 2014-03-17", "rtu.second_opinion: none"),
        (
            "RtuContraindication",
            "2020-12-13",
            "speaks from 2014-03-17 until 2020-12-13, in force on 2020-12-13",
            "not in force",
        ),
        ("RtuContraindication", "2020-12-14", "not in force on 2020-12-14", ", in force"),
        (
            "OralDailyMaximum",
            "2021-11-17",
            f"{FIRST}: warning above 80 mg/day, critical above 180 mg/day",
            "300 mg/day",
        ),
        ("OralDailyMaximum", "2021-11-18", f"{PRESENT}: warning above 80 mg/day, critical above 300 mg/day", FIRST),
        ("OralDailyMaximum", "2017-07-23", f"{RTU_2014}: warning above the rungs, critical above 300 mg/day", RTU_2017),
        ("OralTitrationStep", "2017-07-24", f"{RTU_2017}: step at most 10 mg/day, interval at least 2 days", RTU_2014),
    ],
)
def test_one_rule_on_a_day(rule, day, expected, absent):
    console = Console(width=400, no_color=True)
    with console.capture() as capture:
        assert print_rule(KNOWLEDGE, rule, console, on=date.fromisoformat(day))
    said = capture.get()
    state = [line for line in said.splitlines() if line.startswith("speaks")]
    figures = said[said.index(f" in force on {day}\n") : said.index("\nreferences")]
    dated = "\n".join([*state, figures])
    assert expected in dated
    assert absent not in dated


class TestTheCommand:
    def run(self, *arguments):
        return CliRunner().invoke(app, ["rules", *arguments])

    def test_fits_a_hundred_columns_and_is_plain_when_piped(self):
        said = self.run("--as-of", "2016-01-01", "--jurisdiction", "fr")
        assert said.exit_code == 0
        assert all(len(line) <= 100 for line in said.output.splitlines())
        assert "\x1b" not in said.output
        assert not set(said.output) & set("─│┃━┏┓")
        assert RTU_2014.removesuffix(" RTU 2014") in said.output

    def test_a_rule_on_a_day(self):
        said = self.run("rtusecondopinion", "--as-of", "2014-03-17")
        assert "rtu.second_opinion = 120 mg/d" in said.output

    @pytest.mark.parametrize(
        ("arguments", "because"),
        [
            (["--as-of", "2014-02-30"], "does not match"),
            (["--as-of", "2016-01-01", "--jurisdiction", "XX"], "is none of US, CA, UK, FR, DE"),
            (["NoSuchRule", "--as-of", "2016-01-01"], "there is no rule"),
        ],
    )
    def test_wrong_usage_says_what_is_wrong(self, arguments, because):
        said = self.run(*arguments)
        assert said.exit_code == 2
        assert because in " ".join(said.output.replace("│", " ").split())

    def test_writes_markdown(self, tmp_path):
        assert self.run("--markdown", str(tmp_path / "rules")).exit_code == 0
        assert (tmp_path / "rules/README.md").exists()


@pytest.mark.parametrize(
    "options", [["--jurisdiction", "FR"], ["RenalSevere", "--as-of", "2016-01-01", "--jurisdiction", "FR"]]
)
def test_a_jurisdiction_that_chooses_nothing_is_refused(options) -> None:
    result = CliRunner().invoke(app, ["rules", *options])
    assert result.exit_code == 2


@pytest.mark.parametrize("options", [["RenalSevere"], ["--as-of", "2016-01-01"]])
def test_pages_are_written_whole(options, tmp_path) -> None:
    result = CliRunner().invoke(app, ["rules", *options, "--markdown", str(tmp_path)])
    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []
