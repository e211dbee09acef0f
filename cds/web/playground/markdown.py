"""The detail of a card as HTML, as an EHR shows it: CommonMark, and nothing of it may be HTML, an image or an address that runs."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

__all__ = ["rendered"]


def rendered(markdown: str) -> Markup:
    """The detail as HTML. markdown-it escapes what it does not know, and refuses `javascript:` and its like."""
    html: str = _renderer().render(markdown)
    return Markup(html)  # noqa: S704 - escaped by the renderer, which passes no HTML on


@functools.cache
def _renderer() -> MarkdownIt:
    renderer = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
    renderer.add_render_rule("link_open", _link)
    return renderer


def _link(renderer: Any, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
    """A link that tells the other site nothing of where it was followed."""
    tokens[place].attrSet("rel", "noreferrer")
    opened: str = renderer.renderToken(tokens, place, options, env)
    return opened
