"""The catalogue of rules: one file a rule, from checked documents to values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePosixPath

from cds.documents import Document
from cds.knowledge._entries import cited, day, template
from cds.knowledge.model import Parameter, Reference
from cds.knowledge.rule_entries import FIGURE, Change, Message, RuleEntry


def rules(
    documents: Iterable[Document],
    sources: Mapping[str, Reference],
    parameters: Mapping[str, tuple[Parameter, ...]],
    periods: Collection[str],
    override_keys: Collection[str],
) -> tuple[RuleEntry, ...]:
    """The rules in the order of the contract.

    Raises:
        DocumentError: an id that is not the file's name, a family that is not its folder's, a position used twice, an unknown
            reference, parameter, period, replaced rule or override reason, a text that is no template.
    """
    read = [(document, _rule(document, sources, parameters)) for document in documents]
    known = {rule.id for _, rule in read}
    by_position: dict[int, str] = {}
    for document, rule in read:
        other = by_position.setdefault(rule.position, rule.id)
        if other != rule.id:
            raise document.error(f"position {rule.position} is taken by {other}", ("position",))
        for place, replaced in enumerate(rule.replaces):
            if replaced not in known:
                raise document.error(f"replaces an unknown rule {replaced!r}", ("replaces", place))
        if rule.period is not None and rule.period not in periods:
            raise document.error(f"unknown period {rule.period!r}", ("period",))
        for place, key in enumerate(rule.overrides):
            if key not in override_keys:
                raise document.error(f"unknown override reason {key!r}", ("overrides", place))
    return tuple(sorted((rule for _, rule in read), key=lambda rule: rule.position))


def _rule(
    document: Document, sources: Mapping[str, Reference], parameters: Mapping[str, tuple[Parameter, ...]]
) -> RuleEntry:
    entry = document.data
    path = PurePosixPath(document.file)
    if entry["id"] != path.stem:
        raise document.error(f"id {entry['id']!r} is not the file's name", ("id",))
    if entry["family"] != path.parent.name:
        raise document.error(f"family {entry['family']!r} is not the folder's name", ("family",))
    for place, key in enumerate(entry["parameters"]):
        if key not in parameters:
            raise document.error(f"unknown parameter {key!r}", ("parameters", place))
    texts = {
        key: Message(
            template(document, text["summary"], ("texts", key, "summary")),
            template(document, text["detail"], ("texts", key, "detail")),
        )
        for key, text in entry["texts"].items()
    }
    return RuleEntry(
        id=entry["id"],
        title=entry["title"],
        family=entry["family"],
        cause=entry["cause"],
        position=entry["position"],
        check=entry["check"],
        references=cited(document, entry["references"], sources, ("references",)),
        parameters=tuple(entry["parameters"]),
        replaces=tuple(entry.get("replaces", ())),
        joins=dict(entry.get("joins", {})),
        needs=tuple(entry.get("needs", ())),
        texts=texts,
        not_covered=tuple(entry.get("not_covered", ())),
        fires=tuple(_figures_named(document, place) for place, _ in enumerate(entry["fires"])),
        indicators=tuple(entry["indicators"]),
        period=entry.get("period"),
        attributes=tuple(entry["attributes"]),
        regime=tuple(entry.get("regime", ())),
        remedies=tuple(entry.get("remedies", ())),
        overrides=tuple(entry.get("overrides", ())),
        form=entry.get("form"),
        jurisdictions=tuple(entry.get("jurisdictions", ())),
        history=tuple(
            Change(day(document, change["date"], ("history", place, "date")), change["kind"], change["change"])
            for place, change in enumerate(entry["history"])
        ),
    )


def _figures_named(document: Document, place: int) -> str:
    """A sentence of `fires`, whose placeholders are ids of figures that the rule reads."""
    text: str = document.data["fires"][place]
    for figure in FIGURE.findall(text):
        if figure not in document.data["parameters"]:
            raise document.error(f"{{{figure}}} is no figure of this rule", ("fires", place))
    return text
