"""Which remedies a card offers: those its rules name, as far as the chart allows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from cds.chart.model import Chart, Known
from cds.knowledge import Knowledge
from cds.remedies.doses import as_needed_limit, fitting_dose, renal_dose, with_remedy
from cds.remedies.model import Limit, Mention, Redose, Remedy, Request, ServiceKey, Taper, Withdraw
from cds.remedies.tapers import slower_taper, taper_beside_pump, taper_instead_of_stop, taper_of_draft
from cds.rules._toxicity import recent_toxicity
from cds.rules.finding import Finding, Indicator
from cds.rules.registry import check_of

Build = Callable[[Chart, Knowledge], Remedy | None]

RTU_MENTION = "Prescription sous RTU"
"""The words that the French programme asked for on a prescription, in French whatever the language of the card."""


@dataclass(frozen=True, slots=True)
class Remedies:
    """What would mend the findings of one answer; each remedy is planned once, however many cards name it.

    Attributes:
        chart: the patient.
        knowledge: what each rule offers.
    """

    chart: Chart
    knowledge: Knowledge
    _planned: dict[str, Remedy | None] = field(default_factory=dict)
    _signs: list[bool] = field(default_factory=list)

    def of_card(self, findings: Iterable[Finding], *, withdrawn: bool = False) -> tuple[Remedy, ...]:
        """The remedies of one card, in the order in which its findings' rules name them, each with what it mends.

        A changed draft is put to the rules of the card again: what still speaks is not mended, and a change that mends nothing and follows
        no advice of its own is not offered.

        Args:
            findings: those of the card, the leading one first.
            withdrawn: a card of the answer advises to take the draft back, so that no other one may recommend a dose of it.
        """
        members = tuple(findings)
        found = self._built(members)
        if withdrawn:
            found = [remedy for remedy in found if not isinstance(remedy.change, Redose | Limit)]
        judged = [_judged(remedy, members, self.chart, self.knowledge) for remedy in found]
        return tuple(remedy for remedy in judged if remedy.mends or remedy.key not in MUST_MEND)

    def withdrawing(self, findings: Iterable[Finding]) -> bool:
        """Whether the first thing that some warning offers is to take the draft back."""
        loud = [finding for finding in findings if finding.indicator > Indicator.INFO]
        return any(built and isinstance(built[0].change, Withdraw) for one in loud if (built := self._built((one,))))

    def _built(self, findings: tuple[Finding, ...]) -> list[Remedy]:
        keys = dict.fromkeys(key for finding in findings for key in self.knowledge.rule(finding.rule).remedies)
        built = [remedy for key in keys if (remedy := self._plan(key)) is not None]
        if built and self._toxic():
            built = [
                remedy for remedy in built if not isinstance(remedy.change, Redose | Taper)
            ]  # stop, do not carry on
        return built

    def _toxic(self) -> bool:
        if not self._signs:
            self._signs.append(bool(recent_toxicity(self.chart, self.knowledge)))
        return self._signs[0]

    def _plan(self, key: str) -> Remedy | None:
        if key not in self._planned:
            self._planned[key] = BUILDERS[key](self.chart, self.knowledge)
        return self._planned[key]


def _judged(remedy: Remedy, findings: tuple[Finding, ...], chart: Chart, knowledge: Knowledge) -> Remedy:
    rules = [finding.rule for finding in findings]
    match remedy.change:
        case Redose() | Limit():
            after = with_remedy(chart, remedy)
            mended = tuple(rule for rule in rules if not isinstance(check_of(rule)(after, knowledge), Finding))
            return replace(remedy, mends=tuple(dict.fromkeys((*remedy.mends, *mended))))
        case Withdraw():
            return replace(remedy, mends=tuple(rules))
        case _:
            return remedy


def _withdraw(chart: Chart, knowledge: Knowledge) -> Remedy | None:  # noqa: ARG001 - a builder like the others
    """The one baclofen draft taken back, where it is new: an order that is on file already would be stopped by that."""
    if len(chart.therapy.checked) != 1 or chart.therapy.ending:
        return None  # with the draft gone, an order that ends in this signing would have no successor
    (order,) = chart.therapy.checked
    on_file = {taken.reference for taken in chart.therapy.taken}
    if not order.draft or order.status not in ("draft", "unknown") or order.reference in on_file:
        return None
    return Remedy("cancel", Withdraw(order))


def _withdraw_start(chart: Chart, knowledge: Knowledge) -> Remedy | None:
    """The draft taken back, where nothing is taken yet: advice to avoid the drug, not to stop it."""
    starts = chart.therapy.is_start and bool(chart.therapy.checked_oral)  # whether a pump is new is another question
    remedy = _withdraw(chart, knowledge) if starts else None
    return None if remedy is None else replace(remedy, key="cancel_start")


def _mention(chart: Chart, knowledge: Knowledge) -> Remedy | None:  # noqa: ARG001 - a builder like the others
    orders = [order for order in chart.therapy.checked_oral if order.draft]
    return Remedy("mention", Mention(orders[0], RTU_MENTION), ("RtuPrescriptionMention",)) if orders else None


def _request(service: ServiceKey, *kinds: str) -> Build:
    """A request, unless it stands among the drafts already."""

    def build(chart: Chart, knowledge: Knowledge) -> Remedy | None:  # noqa: ARG001 - a builder like the others
        return None if chart.ordering(*kinds) else Remedy(service, Request(service))

    return build


def _opinion(service: ServiceKey, *answering: str) -> Build:
    request = _request(service, service)

    def build(chart: Chart, knowledge: Knowledge) -> Remedy | None:
        on_record = chart.programme.opinions.first(lambda opinion: opinion.kind in answering)
        return None if isinstance(on_record, Known) else request(chart, knowledge)

    return build


BUILDERS: Mapping[str, Build] = {
    "dose": fitting_dose,
    "renal_dose": renal_dose,
    "limit": as_needed_limit,
    "cancel": _withdraw,
    "cancel_start": _withdraw_start,
    "taper": taper_instead_of_stop,
    "slower_taper": slower_taper,
    "oral_taper": taper_beside_pump,
    "renal_taper": taper_of_draft,
    "mention": _mention,
    "creatinine": _request("creatinine", "creatinine_order"),
    "second_opinion": _opinion("second_opinion", "second", "collegial"),
    "collegial_opinion": _opinion("collegial_opinion", "collegial"),
}
"""What makes each remedy that a rule file may name."""

MUST_MEND = frozenset({"dose", "limit"})
"""Changes that are pointless where no finding falls silent."""
