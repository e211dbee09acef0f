"""The answer as Epic can use it.

Epic reads one action of a suggestion, shows its `description`, lets any number be chosen, and pre-selects what is recommended. It deletes
unsigned orders; of an order to create it takes the code only and fills in the rest from its preference list. So

- a new dose, a taper and any other order whose details matter are said in the card's detail: as a suggestion they would place another dose;
- an order that is its code (a laboratory test, a consultation) stays a suggestion, and so does the deletion of a draft;
- several orders of that kind in one suggestion become one suggestion each; every other suggestion of several actions is said in words,
  because half of it could be chosen;
- of deletions that exclude each other only the recommended one stays, because both could be chosen;
- an order to create stands on one card only, because it would be placed once for each.

An order to create keeps its standard codes. Which of them a site knows, and the codes of its preference lists
(`urn:com.epic.cdshooks.action.code.system.preference-list-item`), is a mapping of the site's own and none of this service.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from cds.protocol.response import Action, Card, Response, Suggestion

__all__ = ["adapt"]

_TYPES = frozenset({"ServiceRequest"})
"""What can be ordered by its code alone. A medication cannot: its dose is the point."""

_NO_DETAILS = frozenset(
    """resourceType id meta status intent category code subject encounter authoredOn requester
    reasonCode reasonReference supportingInfo""".split()
)
"""Members that say which order it is, for whom and why; any other one is a detail that would be lost."""

_Key = tuple[str, object]


def adapt(response: Response, in_words: Callable[[Sequence[str]], str]) -> Response:
    """The answer in Epic's form; `in_words` makes a markdown paragraph of the descriptions that are no suggestions."""
    placed: set[_Key] = set()
    return msgspec.structs.replace(response, cards=tuple(_card(card, in_words, placed) for card in response.cards))


def _card(card: Card, in_words: Callable[[Sequence[str]], str], placed: set[_Key]) -> Card:
    if not card.suggestions:
        return card
    kept: list[Suggestion] = []
    said: list[str] = []
    deleted: set[_Key] = set()
    exclusive = card.selection_behavior == "at-most-one" and _deletions(card.suggestions) > 1
    for suggestion in sorted(card.suggestions, key=lambda one: not one.is_recommended):
        singles = list(_singles(suggestion))
        if not singles or (exclusive and _deletes(suggestion) and not suggestion.is_recommended):
            said.append(_words(suggestion))
        else:
            kept += _new(singles, placed, deleted)
    return msgspec.structs.replace(
        card,
        suggestions=tuple(kept),
        selection_behavior="any" if kept else None,
        detail=_detail(card.detail, in_words(tuple(dict.fromkeys(said)))) if said else card.detail,
    )


def _singles(suggestion: Suggestion) -> Iterator[Suggestion]:
    """The suggestion as suggestions of one action; none where it has to be said in words."""
    actions = suggestion.actions
    if len(actions) == 1 and (actions[0].type == "delete" or _is_its_code(actions[0])):
        yield _single(suggestion, actions[0], suggestion.uuid)
    elif len(actions) > 1 and all(_is_its_code(action) for action in actions):
        for number, action in enumerate(actions):
            yield _single(suggestion, action, _part_of(suggestion.uuid, number))


def _single(suggestion: Suggestion, action: Action, identity: str | None) -> Suggestion:
    """A suggestion of one action; extensions are left behind, Epic knows none."""
    return Suggestion(
        label=suggestion.label, uuid=identity, is_recommended=suggestion.is_recommended, actions=(action,)
    )


def _part_of(identity: str | None, number: int) -> str | None:
    """The same uuid for the first part, so that feedback finds the suggestion, and one made of it for each other."""
    return identity if identity is None or number == 0 else str(uuid.uuid5(uuid.UUID(identity), str(number)))


def _new(suggestions: Iterable[Suggestion], placed: set[_Key], deleted: set[_Key]) -> Iterator[Suggestion]:
    """Those whose order no earlier suggestion places, on any card, or deletes, on this card."""
    for suggestion in suggestions:
        key = _key(suggestion.actions[0])
        before = deleted if suggestion.actions[0].type == "delete" else placed
        if key not in before:
            before.add(key)
            yield suggestion


def _key(action: Action) -> _Key:
    """Two actions with the same key place or delete the same order."""
    if action.resource is None:
        return ("delete", action.resource_id)
    return (str(action.resource["resourceType"]), frozenset(_codings(action.resource)))


def _is_its_code(action: Action) -> bool:
    """Whether an order to create is told by its code, so that no detail is lost."""
    resource = action.resource
    return (
        action.type == "create"
        and resource is not None
        and resource["resourceType"] in _TYPES
        and resource.keys() <= _NO_DETAILS
        and any(_codings(resource))
    )


def _codings(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    code = resource.get("code")
    for coding in code.get("coding", ()) if isinstance(code, Mapping) else ():
        if coding.get("system") and coding.get("code"):
            yield (coding["system"], coding["code"])


def _deletes(suggestion: Suggestion) -> bool:
    return any(action.type == "delete" for action in suggestion.actions)


def _deletions(suggestions: Iterable[Suggestion]) -> int:
    return sum(_deletes(suggestion) and len(suggestion.actions) == 1 for suggestion in suggestions)


def _words(suggestion: Suggestion) -> str:
    return "; ".join(action.description for action in suggestion.actions) or suggestion.label


def _detail(detail: str | None, suggested: str) -> str:
    """What to do stands first: the summary has said what is wrong."""
    return f"{suggested}\n\n{detail}" if detail else suggested
