"""The answer in the form that the calling EHR can use.

The generic form is CDS Hooks 2.0.1 as it is. A vendor has a form of its own only where it is known to treat an answer otherwise, so that
something unsafe or useless would come of it. Oracle Health (Cerner) has none: a withdrawn draft of 2021 says that it removes unlisted links
and ignores `appContext`, and no card here starts a SMART app.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from cds.protocol.response import Response
from cds.protocol.vendors import epic

__all__ = ["VENDORS", "InWords", "adapt"]

InWords = Callable[[Sequence[str]], str]
"""Says in markdown, in the language of the answer, what a card suggests and the EHR cannot place; the texts are plain."""


def _generic(response: Response, in_words: InWords) -> Response:  # noqa: ARG001 -- the generic form leaves nothing to words
    return response


VENDORS: Mapping[str, Callable[[Response, InWords], Response]] = MappingProxyType(
    {"generic": _generic, "epic": epic.adapt}
)
"""The forms by name; an issuer's `vendor` is one of these."""


def adapt(response: Response, vendor: str, in_words: InWords) -> Response:
    """An answer in a vendor's form.

    Args:
        response: a valid answer; what comes back is valid, too.
        vendor: one of `VENDORS`.
        in_words: says what the vendor's form cannot carry as a suggestion.

    Raises:
        ValueError: there is no such vendor.
    """
    if vendor not in VENDORS:
        raise ValueError(f"no vendor {vendor!r}; there are {', '.join(VENDORS)}")
    return VENDORS[vendor](response, in_words)
