"""The override reasons of a card."""

from __future__ import annotations

from cds.cards.merge import Group
from cds.knowledge import Knowledge
from cds.knowledge.rule_entries import OVERRIDE_SYSTEM
from cds.language import Catalogue
from cds.protocol.response import Coding
from cds.rules.finding import Indicator

MOST = 6
"""More are not read before one is chosen."""


def override_reasons(group: Group, knowledge: Knowledge, words: Catalogue) -> tuple[Coding, ...]:
    """What may be answered to the findings of a card that interrupt, those of the leading rule first.

    A card of info findings alone asks for nothing, so there is nothing to override.
    """
    reasons = dict.fromkeys(
        reason
        for finding in group.findings
        if finding.indicator > Indicator.INFO
        for reason in knowledge.override_reasons(finding.rule)
    )
    return tuple(
        Coding(system=OVERRIDE_SYSTEM, code=reason.code, display=words.text(reason.display))
        for reason in list(reasons)[:MOST]
    )
