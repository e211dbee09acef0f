"""The catalogue of rules and a page for every rule, for people and, as JSON, for programs.

What a page says is put together once (`view`); HTML, JSON and the Markdown of `docs/rules` only lay it out.
"""
