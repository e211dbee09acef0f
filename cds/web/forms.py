"""Forms: read within bounds, and taken only from pages of ours.

A form carries a token that is the HMAC of the visitor's session or, before anybody signs in, of a random cookie. A page of another site can
neither read the token nor make one. What browsers say of where a form comes from (`Sec-Fetch-Site`, `Origin`) is looked at first.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from cds.http.body import read_body
from cds.phrases import Phrase
from cds.protocol.errors import ProtocolError
from cds.web.errors import PageError

__all__ = ["FIELD", "Forms"]

FIELD = "csrf"
"""Name of the token's field in a form."""
_COOKIE = "baclofen-cds-form"
_RANDOM = re.compile(r"[A-Za-z0-9_-]{43}")
_LARGEST = 262_144  # bytes
_FIELDS = 1000
_SECONDS = 10.0
_MEDIA_TYPE = "application/x-www-form-urlencoded"

_ELSEWHERE = Phrase("This form does not come from this page")
_WHY_ELSEWHERE = Phrase(
    "Nothing was changed. The form was sent from another site, or the page was open for so long that its protection ended. "
    "Open the page again and send the form once more."
)
_UNREADABLE = Phrase("This form cannot be read")
_WHY_UNREADABLE = Phrase("Nothing was changed. Open the page again and send the form once more.")


class Forms:
    """Tokens of forms.

    Args:
        key: 32 bytes that nobody else has.
        origin: the service's own, where the operator says it: `https://cds.example.org`.
        path: below which the cookie is sent.
        secure: whether the cookie goes over HTTPS only.
    """

    def __init__(self, key: bytes, *, origin: str | None = None, path: str = "/", secure: bool = False) -> None:
        self._key = key
        self._origin = origin
        self._path = path
        self._secure = secure

    def token(self, request: Request, session: str | None) -> str:
        """The token for forms of this visitor.

        Args:
            request: the page's.
            session: id of the session of who is signed in.
        """
        if session is None:
            return self._of(f"visitor {self._visitor(request)}")
        return self._of(f"session {session}")

    def remember(self, request: Request, response: Response) -> None:
        """Give a visitor who has none the cookie that the token is bound to."""
        if not _RANDOM.fullmatch(request.cookies.get(_COOKIE, "")):
            response.set_cookie(
                _COOKIE,
                self._visitor(request),
                path=self._path,
                secure=self._secure,
                httponly=True,
                samesite="lax",
            )

    async def read(self, request: Request, session: str | None) -> FormData:
        """The fields of a form that comes from a page of ours.

        Raises:
            PageError: it comes from elsewhere (403), is no form (415), larger than 256 KiB (413), slow (408) or unreadable (400). Nothing of it
                is quoted.
        """
        if not self._from_here(request):
            raise PageError(403, _ELSEWHERE, _WHY_ELSEWHERE)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _MEDIA_TYPE:
            raise PageError(415, _UNREADABLE, _WHY_UNREADABLE)
        try:
            body = await read_body(request, _LARGEST, _SECONDS)
        except ProtocolError as error:
            raise PageError(error.status, _UNREADABLE, _WHY_UNREADABLE) from None
        try:
            fields = parse_qsl(
                body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=_FIELDS
            )
        except ValueError:
            raise PageError(400, _UNREADABLE, _WHY_UNREADABLE) from None
        if any("\0" in value for _, value in fields):  # which no database keeps
            raise PageError(400, _UNREADABLE, _WHY_UNREADABLE)
        form = FormData([(name, value) for name, value in fields])
        given = form.get(FIELD)
        expected = self.token(request, session)
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected.encode()):
            raise PageError(403, _ELSEWHERE, _WHY_ELSEWHERE)
        return form

    def _from_here(self, request: Request) -> bool:
        """Whether the browser says that the form comes from here. One that says nothing is left to the token."""
        site = request.headers.get("sec-fetch-site")
        if site is not None and site not in ("same-origin", "none"):
            return False
        origin = request.headers.get("origin")
        if origin is None:
            return True
        return origin == self._origin or urlsplit(origin).netloc == request.headers.get("host", "").lower()

    def _of(self, what: str) -> str:
        return hmac.new(self._key, f"form {what}".encode(), hashlib.sha256).hexdigest()

    @staticmethod
    def _visitor(request: Request) -> str:
        """The random value of the visitor's cookie, or of the one that the answer brings."""
        known = request.cookies.get(_COOKIE, "")
        if _RANDOM.fullmatch(known):
            return known
        if not hasattr(request.state, "visitor"):
            request.state.visitor = secrets.token_urlsafe(32)
        visitor: str = request.state.visitor
        return visitor
