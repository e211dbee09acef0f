"""The pages of the rules as Markdown, for `docs/rules`: in English, with the figures of the day on which the knowledge was last checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from cds.knowledge import Knowledge
from cds.language import Catalogue, catalogue
from cds.web.catalogue.model import Figure, RegimeLine, RulePage, Source
from cds.web.catalogue.view import catalogue_page, rule_page
from cds.web.render import holes

NOTICE = "<!-- Written by `make docs` from cds/knowledge: change that, not this. -->"


def write_markdown(knowledge: Knowledge, folder: Path) -> None:
    """Write an index and one file a rule; files of rules that are no more are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = markdown_pages(knowledge)
    for stale in folder.glob("*.md"):
        if stale.name not in pages:
            stale.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, "utf-8")


def markdown_pages(knowledge: Knowledge) -> dict[str, str]:
    """The Markdown files by name."""
    words = catalogue("en")
    on = last_checked(knowledge)
    pages = {"README.md": _lines_of(_index(knowledge, on, words))}
    for rule in knowledge.rules:
        page = rule_page(knowledge, rule.id, on, words)
        pages[f"{rule.id}.md"] = _lines_of(_rule(page, words))
    return pages


def last_checked(knowledge: Knowledge) -> date:
    """The day that the knowledge's version names."""
    return datetime.strptime(knowledge.version.partition("+")[0], "%Y.%m.%d").astimezone().date()


def _lines_of(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


def _index(knowledge: Knowledge, on: date, words: Catalogue) -> Iterator[str]:
    yield NOTICE
    yield "# The rules"
    yield ""
    yield f"Figures in force on {words.date(on)}. `baclofen-cds rules --as-of DAY` and the service's own pages show any other day."
    for family in catalogue_page(knowledge, on, words).families:
        yield from ("", f"## {family.title}", "", "| rule | what it is about | indicators |", "|---|---|---|")
        for rule in family.rules:
            past = "" if rule.in_force else f" (not in force on {words.date(on)})"
            kinds = ", ".join(one.text for one in rule.indicators)
            yield f"| [{rule.id}]({rule.id}.md) | {_cell(rule.title)}{past} | {kinds} |"


def _rule(page: RulePage, words: Catalogue) -> Iterator[str]:
    yield NOTICE
    yield f"# {page.id}"
    yield ""
    yield f"{page.title}. Indicators: {', '.join(one.text for one in page.indicators)}. [All rules](README.md)"
    if page.period:
        state = "" if page.in_force else f" Not in force on {words.date(page.on)}."
        yield from ("", f"{page.period.title}: {_days(page.period.start, page.period.end, words)}.{state}")
    if page.jurisdictions:
        yield from ("", f"Speaks only in: {', '.join(place.text for place in page.jurisdictions)}.")
    yield from _list("What fires it", page.fires, f"With the figures of {words.date(page.on)}.")
    if page.replaces:
        yield from ("", f"Stands instead of: {', '.join(f'[{one}]({one}.md)' for one in page.replaces)}.")
    yield from _figures(page.figures, words)
    yield from _regimes(page.regimes, words)
    yield from ("", "## What its card says")
    for card in page.cards:
        yield from ("", f"**{_text(card.summary)}**", "", _text(card.detail.strip()))
    yield from _list("Reasons to override it", [f"{one.display} (`{one.code}`)" for one in page.override_reasons])
    yield from _list("What it does not cover", page.not_covered)
    yield from _list("What data it needs", [one.text for one in page.needs], page.when_missing)
    yield from _list("What of the patient the logic reads", [one.text for one in page.attributes])
    yield from _list(
        "Sources",
        [f"{_source(one)}: {one.title}. Last checked {words.date(one.last_checked)}." for one in page.references],
    )
    yield from _list("Changes", [f"{words.date(one.on)} ({one.kind}): {one.text}" for one in page.history])
    yield from _transparency(page)


def _figures(figures: tuple[Figure, ...], words: Catalogue) -> Iterator[str]:
    if not figures:
        return
    yield from (
        "",
        "## Figures",
        "",
        "| figure | value | valid | sources | confidence | last checked |",
        "|---|---|---|---|---|---|",
    )
    for one in figures:
        more = f". {one.documentation}" if one.documentation else ""
        yield (
            f"| {_cell(one.title)}{_cell(more)} (`{one.id}`) | {one.shown} | {_days(one.valid_from, one.valid_to, words)} "
            f"| {_sources(one.references)} | {one.confidence_in_words} | {words.date(one.last_checked)} |"
        )


def _regimes(regimes: tuple[RegimeLine, ...], words: Catalogue) -> Iterator[str]:
    if not regimes:
        return
    headings = [cell.heading.lower() for cell in regimes[0].cells]
    yield from (
        "",
        "## Regimes",
        "",
        f"| regime | {' | '.join(headings)} | valid | sources |",
        "|---" * (len(headings) + 3) + "|",
    )
    for one in regimes:
        cells = [f"{cell.shown} ({cell.meaning})" if cell.meaning else cell.shown for cell in one.cells]
        limited = f" (only for: {'; '.join(one.products)})" if one.products else ""
        more = f". {one.documentation}" if one.documentation else ""
        days = _days(one.valid_from, one.valid_to, words)
        yield f"| {_cell(one.title + limited + more)} | {' | '.join(cells)} | {days} | {_sources(one.references)} |"


def _transparency(page: RulePage) -> Iterator[str]:
    same = page.transparency
    said = [("Developer", same.developer), ("Funding of the technical implementation", same.funding)]
    said += [(usage.title, usage.text) for usage in same.usages]
    said += [("Licence", same.licence), ("Contact", same.contact)]
    yield from _list(
        "Transparency",
        [f"{title}: {text}" for title, text in said],
        "The source attributes that US HTI-1, 45 CFR 170.315(b)(11)(iv)(A), asks of an evidence-based intervention; citations and dates stand above.",
    )


def _list(heading: str, items: list[str] | tuple[str, ...], lead: str = "") -> Iterator[str]:
    if not items and not lead:
        return
    yield from ("", f"## {heading}", "")
    if lead:
        yield lead
    if lead and items:
        yield ""
    yield from (f"- {_text(item)}" for item in items)


def _days(start: date | None, end: date | None, words: Catalogue) -> str:
    if start and end:
        return f"{words.date(start)} to {words.date(end)}"
    if start:
        return f"from {words.date(start)}"
    return f"until {words.date(end)}" if end else "at every date"


def _sources(sources: tuple[Source, ...]) -> str:
    return "; ".join(_source(one) for one in sources)


def _source(source: Source) -> str:
    label = f"[{source.label}]({source.url})" if source.url else source.label
    return f"{label} ({source.year})"


def _text(text: str) -> str:
    """A text whose placeholders stand as code."""
    return "".join(before + (f"`{name}`" if name else "") for before, name in holes(text))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
