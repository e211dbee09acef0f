"""From the text of a dosing instruction to normalised tokens.

Numbers become exact fractions, words become the tokens of the lexicons (longest phrase first), and small words whose meaning hangs on their
neighbours ("a", "à", "h", "x", "/") are settled here, so that the grammar needs no look-ahead beyond one token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cds.fhir.sig.lexicon_en import ENGLISH, Meaning
from cds.fhir.sig.lexicon_fr import FRENCH
from cds.fhir.sig.spelling import normal_text

LEXICON: dict[str, Meaning] = {**FRENCH, **ENGLISH}
_LONGEST = max(phrase.count(" ") + 1 for phrase in LEXICON)

_AMOUNT = r"\d{1,4}(?:[.,]\d{1,4})?(?: ?\d/\d)?"
_RAW = re.compile(
    r"""(?P<scheme>(?<![\d/.,-])(?:\d{1,2}/\d|\d{1,3}(?:[.,]\d{1,2})?(?:\s?1/\d)?)(?:\s?-\s*(?:\d{1,2}/\d|\d{1,3}(?:[.,]\d{1,2})?(?:\s?1/\d)?)){2,3}(?![\d/-]))
    |(?P<thousand>\d{1,3}(?:,\d{3}|\.000|(?:[ ,.]\d{3}){2,})(?![\d/]))
    |(?P<clock>\d{1,2}(?::\d\d(?::\d\d)?(?:\s?[ap]m)?|\s?[ap]m\b|h\d\d)\b)
    |(?P<mixed>\d{1,3}\s+[1-7]/[2-8](?!\d))
    |(?P<fraction>[1-7]/(?:10|[2-8])(?!\d))
    |(?P<number>\d{1,9}(?:[.,]\d{1,6})?|[.,]\d{1,6})
    |(?P<word>[a-zμ]+)
    |(?P<newline>[\r\n]+)
    |(?P<mark>[-–—/:;.,()\[\]+=&@])""",
    re.VERBOSE,
)
_MARKS = {
    "(": "OPEN",
    "[": "OPEN",
    ")": "CLOSE",
    "]": "CLOSE",
    "+": "AND",
    "&": "AND",
    "=": "EQUALS",
    ":": "COLON",
    ",": "COMMA",
    "/": "SLASH",
}
_ABBREVIATED = frozenset("tab tabs cap caps cp cpr cps comp max maxi j sem".split())
_HOUR = Fraction(1, 24)
_BEFORE_HOURS = frozenset({"EVERY", "PER", "SLASH", "X", "FOR", "AFTER", "TO", "TIMES"})


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A normalised token: its kind in the grammar, what it means (by kind), and the words it was read from."""

    kind: str
    meaning: Any
    text: str

    def __str__(self) -> str:
        return self.text


def tokenise(text: str, names: frozenset[str] = frozenset()) -> list[Lexeme]:
    """The tokens of an instruction.

    Args:
        text: any text; its length is the caller's care.
        names: words of the product's own name, which say nothing about the dose.
    """
    return _settle(_merge(_without_echoes(list(_lexemes(normal_text(text), names)))))


def _lexemes(plain: str, names: frozenset[str]) -> Iterator[Lexeme]:
    raw = [(match.lastgroup or "", match[0]) for match in _RAW.finditer(plain)]
    at = 0
    while at < len(raw):
        kind, text = raw[at]
        if kind in {"word", "number"}:
            length, phrase = _phrase(raw, at)
            if length:
                token, value = LEXICON[phrase]
                yield Lexeme(token or "NOTHING", value, phrase)
                at += length
                continue
        at += 1
        if kind == "word":
            yield Lexeme("NAME" if text in names else {"x": "X", "a": "A", "an": "A"}.get(text, "WORD"), None, text)
        elif kind == "number":
            yield Lexeme(
                "NUM", Fraction(text.replace(",", ".") if text[0].isdigit() else "0" + text.replace(",", ".")), text
            )
        elif kind in {"mixed", "fraction"}:
            yield Lexeme("NUM", sum((Fraction(part) for part in text.split()), Fraction(0)), text)
        elif kind == "scheme":
            slots = [
                sum((Fraction(part.replace(",", ".")) for part in slot.split()), Fraction(0))
                for slot in text.split("-")
            ]
            yield Lexeme("SCHEME", slots, text)
        elif kind == "thousand":  # 1,000 is a thousand in English and one in French
            yield Lexeme("NOT", None, text)
        elif kind == "clock":
            yield Lexeme("CLOCK", None, text)
        elif kind == "newline" or text == ";":
            yield Lexeme("DOT", None, text)
        elif text == ".":
            if at < 2 or raw[at - 2][1] not in _ABBREVIATED:
                yield Lexeme("DOT", None, text)
        elif text in "-–—":
            yield Lexeme("DASH", None, text)
        elif text in _MARKS:
            yield Lexeme(_MARKS[text], None, text)


def _phrase(raw: list[tuple[str, str]], at: int) -> tuple[int, str]:
    """The longest lexicon phrase that starts here, hyphens read as blanks: how many raw tokens, and the phrase."""
    words: list[str] = []
    best = (0, "")
    for end in range(at, min(at + 2 * _LONGEST, len(raw))):
        kind, text = raw[end]
        if kind in {"word", "number"}:
            words.append(text)
            phrase = " ".join(words)
            if phrase in LEXICON:
                best = (end - at + 1, phrase)
        elif text != "-" or not words or raw[end - 1][0] == "number":
            break
    return best


def _without_echoes(tokens: list[Lexeme]) -> list[Lexeme]:
    """Numbers once: "3 (three)" is 3, and "1 and 1/2" is one and a half."""
    out: list[Lexeme] = []
    at = 0
    while at < len(tokens):
        kinds = [_kind(tokens, at + step) for step in range(4)]
        if kinds == ["NUM", "OPEN", "NUM", "CLOSE"] and tokens[at].meaning == tokens[at + 2].meaning:
            out.append(tokens[at])
            at += 4
        elif kinds[:3] == ["NUM", "AND", "NUM"] and tokens[at].meaning.denominator == 1 and tokens[at + 2].meaning < 1:
            out.append(Lexeme("NUM", tokens[at].meaning + tokens[at + 2].meaning, tokens[at].text))
            at += 3
        else:
            out.append(tokens[at])
            at += 1
    return out


def _kind(tokens: list[Lexeme], at: int) -> str:
    return tokens[at].kind if 0 <= at < len(tokens) else ""


def _merge(tokens: list[Lexeme]) -> list[Lexeme]:
    """Settle the words that hang on their neighbours."""
    out: list[Lexeme] = []
    for at, token in enumerate(tokens):
        kind, before = token.kind, out[-1].kind if out else ""
        after = next((each.kind for each in tokens[at + 1 :][:3] if each.kind not in {"NOTHING", "NAME"}), "")
        if kind == "NOTHING":
            continue
        if kind in {"A", "DASH", "TO"}:
            kind = _small_word(token, before, after, _kind(tokens, at + 1))
            if kind == "TO" and before == "UNIT" and _hour_follows(tokens, at + 1):
                kind = ""  # "1 cp à 8 h" is a time of day
            elif len(out) > 1 and out[-2].kind == "TIMEUNIT" and _label_follows(tokens, at + 1, out[-2]):
                kind = "TO"  # "J1 à J3"
            if kind == "NUM":  # "a tablet"
                out.append(Lexeme("NUM", Fraction(1), token.text))
                continue
            if not kind:
                continue
        elif kind == "X":
            kind = "X" if after == "NUM" else "TIMES" if before == "NUM" else "WORD"
        elif kind == "TIMES" and before != "NUM":
            kind = "WORD"
        elif (
            kind == "PER"
            and after not in {"TIMEUNIT", "BODY"}
            and not (after == "NUM" and _time_follows(tokens, at + 1))
        ):
            continue
        elif (
            kind == "TIMEUNIT"
            and token.meaning == _HOUR
            and before == "NUM"
            and (len(out) < 2 or out[-2].kind not in _BEFORE_HOURS)
        ):
            out[-1] = Lexeme("CLOCK", None, token.text)  # "8 h", and not "every 8 h"
            continue
        out.append(token if kind == token.kind else Lexeme(kind, token.meaning, token.text))
    return out


def _time_follows(tokens: list[Lexeme], at: int) -> bool:
    return _kind(tokens, at) == "NUM" and _kind(tokens, at + 1) == "TIMEUNIT"


def _hour_follows(tokens: list[Lexeme], at: int) -> bool:
    return _time_follows(tokens, at) and bool(tokens[at + 1].meaning == _HOUR)


def _label_follows(tokens: list[Lexeme], at: int, unit: Lexeme) -> bool:
    """Whether the same kind of day or week is named again, with its number."""
    return (
        _kind(tokens, at) == "TIMEUNIT" and _kind(tokens, at + 1) == "NUM" and bool(tokens[at].meaning == unit.meaning)
    )


def _small_word(token: Lexeme, before: str, after: str, following: str) -> str:
    """What "a", "à", "-", "to" or "or" is here: TO, PER, a NUM of one, nothing (empty), or NOT where it leaves a choice."""
    between = (before in {"NUM", "UNIT"} and after == "NUM") or (before == after == "WEEKDAY")
    if between or (before == "CHANGE" and after == "NUM" and token.kind != "DASH"):
        return "TO"
    if token.kind == "A":
        if following == "TIMEUNIT":
            return "NUM" if before in {"FOR", "AFTER"} else "PER"
        return "NUM" if following == "UNIT" and before not in {"NUM", "UNIT"} else ""
    return "NOT" if token.text in {"or", "ou"} else ""


def _settle(tokens: list[Lexeme]) -> list[Lexeme]:
    """Join tokens that are one thing: periods, doses per kg, concentrations, a number said twice."""
    out: list[Lexeme] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        kinds = [_kind(tokens, at + step) for step in range(6)]
        meaning: list[Any] = [tokens[at + step].meaning if at + step < len(tokens) else None for step in range(6)]
        if kinds[0] in {"SLASH", "PER"}:
            if kinds[1] == "TIMEUNIT":
                out.append(Lexeme("PERIOD", meaning[1], token.text))
                at += 2
            elif kinds[1:3] == ["NUM", "TIMEUNIT"]:
                out.append(Lexeme("PERIOD", meaning[1] * meaning[2], token.text))
                at += 3
            elif kinds[1] == "BODY" and out and out[-1].kind == "UNIT":
                out[-1] = Lexeme("UNIT", "/kg", out[-1].text)
                at += 2
            elif kinds[1:3] == ["NUM", "UNIT"] and out and out[-1].kind == "UNIT":
                at += _concentration(out, token, meaning[1], meaning[2], 3)
            elif kinds[1] == "UNIT" and out and out[-1].kind == "UNIT":
                at += _concentration(out, token, Fraction(1), meaning[1], 2)
            elif kinds[1] in {"DAILY", "DOSES"}:
                at += 1
            else:
                out.append(Lexeme("NOT", None, token.text))
                at += 1
        elif kinds[:4] == ["NUM", "X", "NUM", "UNIT"] and _ends_a_day(kinds[4], kinds[5]):
            times = Lexeme("TIMES", None, tokens[at + 1].text)  # "3 x 10 mg par jour"
            out += [tokens[at + 2], tokens[at + 3], token, times]
            at += 4
        elif kinds[:4] == ["TIMEUNIT", "NUM", "TO", "TIMEUNIT"] and meaning[0] == meaning[3]:
            out += tokens[at : at + 3]  # J1 à J3
            at += 4
        elif kinds[0] == "CLOCK" and kinds[1] in {"AND", "COMMA"} and kinds[2:4] == ["NUM", "TIMEUNIT"]:
            out += tokens[at : at + 2]
            out.append(Lexeme("CLOCK", None, tokens[at + 2].text))
            at += 4
        else:
            out.append(token)
            at += 1
    return out


def _ends_a_day(kind: str, following: str) -> bool:
    """Whether a product such as "3 x 10 mg" is said of a day, so that the first number counts intakes."""
    return kind == "DAILY" or (kind in {"SLASH", "PER"} and following == "TIMEUNIT")


def _concentration(out: list[Lexeme], token: Lexeme, volume: Any, unit: object, length: int) -> int:
    """Make "5 mg" + "/5 mL" one token, and say how many tokens were read; anything else over a volume is not understood."""
    factor = {"mg": Fraction(1), "g": Fraction(1000), "ug": Fraction(1, 1000)}.get(str(out[-1].meaning))
    number = out[-2] if len(out) > 1 and out[-2].kind == "NUM" else None
    if factor is None or number is None or unit != "mL" or not volume:
        out.append(Lexeme("NOT", None, token.text))
        return 1
    out[-2:] = [Lexeme("CONCENTRATION", number.meaning * factor / volume, token.text)]
    return length
