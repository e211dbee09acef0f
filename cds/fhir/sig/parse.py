"""From tokens to phrases: sentences, and the grammar of `sig.lark` over each of them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import LarkError
from lark.lexer import Lexer

from cds.fhir.sig.draft import NotUnderstoodError
from cds.fhir.sig.tokens import Lexeme
from cds.phrases import Phrase

Node = Tree[Token]

_DOSING_TOKENS = frozenset(
    {
        "NUM",
        "UNIT",
        "PERIOD",
        "TIMES",
        "NTIMES",
        "DAILY",
        "LATIN",
        "MOMENT",
        "SCHEME",
        "CHANGE",
        "MAX",
        "PRN",
        "WEEKDAY",
        "CONCENTRATION",
    }
)


class _Lexemes(Lexer):
    """The tokens are made by `tokens`; this hands them to the parser."""

    def __init__(self, lexer_conf: Any) -> None:
        del lexer_conf

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        for lexeme in data:
            yield Token(lexeme.kind, lexeme)


@functools.cache
def _grammar() -> Lark:
    text = files("cds.fhir.sig").joinpath("sig.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer=_Lexemes)


def sentences(lexemes: list[Lexeme]) -> Iterator[list[Lexeme]]:
    """The tokens of each sentence that may say something; refills, quantities and indications end it."""
    sentence: list[Lexeme] = []
    ended = False
    for lexeme in lexemes:
        if lexeme.kind == "DOT":
            if sentence:
                yield sentence
            sentence, ended = [], False
        elif lexeme.kind == "ENDS":
            ended = True
        elif not ended and lexeme.kind != "NAME":
            sentence.append(lexeme)
    if sentence:
        yield sentence


def phrases(sentence: list[Lexeme]) -> list[Node]:
    """The phrases and separators of a sentence; none for one that says nothing about a dose.

    Raises:
        NotUnderstoodError: the grammar has no place for it.
    """
    if not any(lexeme.kind in _DOSING_TOKENS for lexeme in sentence) and not any(
        lexeme.kind in {"STOP", "CYCLE", "VAGUE"} for lexeme in sentence
    ):
        return []
    cycle = next((at for at, lexeme in enumerate(sentence) if lexeme.kind == "CYCLE"), None)
    if cycle is not None:  # what follows only counts the days again
        sentence = sentence[: cycle + 1]
    try:
        tree = _grammar().parse(sentence)
    except LarkError as error:
        words = " ".join(lexeme.text for lexeme in sentence[:12])
        raise NotUnderstoodError(Phrase("“{text}”", text=words)) from error
    return [child for child in tree.children if isinstance(child, Tree)]
