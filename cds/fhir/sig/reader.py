"""The reader: phrases of an instruction, in their order, to steps and doses.

What it does not know makes the text not understood. It never fills in a dose, a rhythm or a length.
"""

from __future__ import annotations

from lark import Token, Tree

from cds.fhir.sig.draft import NotUnderstoodError
from cds.fhir.sig.handlers import Phrases
from cds.fhir.sig.meanings import QUANTITIES, REMARKS, amount
from cds.fhir.sig.parse import Node
from cds.phrases import Phrase

_INTRODUCING = 2  # so many unknown words may stand before the first dose: a name, a verb
_MAX_NESTING = 3


class Reader(Phrases):
    """Reads the sentences of one instruction; afterwards `steps`, `cap` and `remarks` hold what they say."""

    def sentence(self, nodes: list[Node], *, first: bool) -> None:
        """Read one sentence.

        Raises:
            NotUnderstoodError: it says something about the dose that is not known.
        """
        kinds = {str(node.data) for node in nodes}
        if (
            not first
            and not kinds & QUANTITIES
            and (kinds & {"words", "condition"})
            and not kinds & {"negation", "change_to", "cycle"}
        ):
            return  # "Follow up in 2 weeks", "Stop if drowsy"
        self._separator = "DOT"
        self._in_cap = self._upto = False
        self._read(nodes, first=first, depth=0)
        if self._in_cap:
            raise NotUnderstoodError(Phrase("a maximum without its amount or period"))

    def _read(self, nodes: list[Node], *, first: bool, depth: int) -> None:
        if depth > _MAX_NESTING:
            raise NotUnderstoodError(Phrase("brackets in brackets"))
        segments: list[tuple[str, list[Node]]] = [("", [])]
        for node in nodes:
            colon = node.data == "sep" and isinstance(node.children[0], Token) and node.children[0].type == "COLON"
            if colon and any(str(each.data) not in REMARKS for each in segments[-1][1]):
                continue  # "10 mg tablets: take two"
            if node.data == "sep":
                segments.append((node.children[0].type if isinstance(node.children[0], Token) else "", []))
            else:
                segments[-1][1].append(node)
        for at, (separator, segment) in enumerate(segments):
            if separator in {"COMMA", "AND", "THEN", "EQUALS"} and (self._separator != "THEN" or separator == "THEN"):
                self._separator = separator
                self._free = False
            if separator == "THEN":
                self._in_cap = False
            if all(str(node.data) in REMARKS - {"condition"} for node in segment):
                self.vague = self.vague or any(node.data == "vague" for node in segment)
                continue
            self._segment(segment, introduces=first and at == 0 and depth == 0, depth=depth)

    def _segment(self, segment: list[Node], *, introduces: bool, depth: int) -> None:
        for at, node in enumerate(segment):
            kind = str(node.data)
            rest = {str(each.data) for each in segment[at + 1 :]}
            if kind == "words":
                if not self._words(node, rest, introduces=introduces and at == 0):
                    return
                continue
            if kind == "negation":
                raise NotUnderstoodError(Phrase("an exception or a choice"))
            if kind == "aside":
                self._aside(node, depth)
                continue
            self.readers[kind](self, node, rest)
            if kind not in {"reason", "condition", "prn", "until"}:
                self._free = False
            if kind not in REMARKS:
                self._separator = ""

    def _words(self, node: Node, rest: set[str], *, introduces: bool) -> bool:
        """Whether reading goes on behind words that are not known.

        Raises:
            NotUnderstoodError: they stand where they could change the dose.
        """
        text = " ".join(str(child) for child in node.children)
        if self._free or (introduces and len(node.children) <= _INTRODUCING) or not rest - REMARKS:
            return True
        if rest & QUANTITIES and self._separator in {"AND", "COMMA"} and self._step.doses and self._draft.amounts:
            self.remarks.append(Phrase("Left out, as it seems to be another medicine: “{text} …”.", text=text))
            return False
        raise NotUnderstoodError(Phrase("“{text}”", text=text))

    def _aside(self, node: Node, depth: int) -> None:
        inner = [child for child in node.children if isinstance(child, Tree)]
        kinds = {str(child.data) for child in inner}
        if (
            self._in_cap
            or not kinds - REMARKS - {"sep"}
            or (self.cap is not None and self._separator == "" and not self._step.doses)
        ):
            return
        quantities = [child for child in inner if child.data in {"quantity", "quantity_and_half", "quantity_range"}]
        if (
            quantities
            and len(quantities) == len([child for child in inner if child.data != "words"])
            and self._step.doses
            and self._draft.amounts
        ):
            self._draft.amounts += [amount(child) for child in quantities]
            return
        if kinds & QUANTITIES and self.cap is not None:
            return  # the cap said again
        self._read(inner, first=False, depth=depth + 1)
