"""The registry's pages and one browser, and the links that lead there."""

import asyncio
import contextlib

from cds.rtu.context import FormContext
from cds.rtu.stored import Register
from cds.security import NO_ISSUERS
from cds.security.pseudonym import pseudonym
from cds.security.sealed import seal
from cds.web.registry import registry_area
from tests.web.pages import KNOWLEDGE, TODAY
from tests.web.site import BASE, KEYS, PASSWORD, site

EHR = "https://ehr.example.org/fhir"
NAME = pseudonym(KEYS.pseudonym, EHR, "p1")
OTHER = pseudonym(KEYS.pseudonym, EHR, "p2")
DOCTOR = f"{EHR}|Practitioner/7"

PATIENT = {
    "dose": "60",
    "started_on": "2026-11-20",
    "birth_year": "1970",
    "sex": "female",
    "informed": "yes",
    "contraindications_checked": "yes",
}
PRESCRIBER = {"name": "Dr Hélène Roux", "rpps": "", "specialty": "Addictologie", "setting": "csapa"}
VISIT = {"on": "2026-11-24", "dose": "75", "alcohol": "30", "craving": "4", "event_text": ""}


class Walk:
    """One browser at the registry's pages."""

    def __init__(self, web):
        self.web, self.browser = web, web.browser
        self.register = Register(web.store, lambda: TODAY)

    def link(self, form="patient", patient=NAME, prescribers=(DOCTOR,), minutes=30, key=KEYS.link, **more):
        """The address that a card has."""
        until = int(self.web.clock()) + minutes * 60
        return f"/registry/form?context={seal(key, FormContext(form, patient, prescribers, **more), until)}"

    async def follow(self, address):
        """Follow a card's link; the form's own address, and the page."""
        moved = await self.browser.get(address)
        assert moved.status_code == 303, moved.text
        path = moved.headers["location"].removeprefix("../")
        return f"/{path}", await self.browser.get(f"/{path}")

    async def fill(self, path, form, **fields):
        """Fill in a form and send it; the answer."""
        return await self.web.submit(path, form=form, **fields)

    async def register_all(self, **link):
        path, _ = await self.follow(self.link(**link))
        done = await self.fill(path, "patient", **PATIENT, **PRESCRIBER)
        assert done.status_code == 303, done.text
        return path

    async def sign_in(self):
        await self.web.administrator.change(PASSWORD)
        assert (await self.web.sign_in()).status_code == 303


class NoServers:
    """Nobody to ask."""

    async def configuration(self, ehr):
        raise AssertionError("asked")

    async def redeem(self, ehr, configuration, fields):
        raise AssertionError("asked")


@contextlib.asynccontextmanager
async def walk(tmp_path, *, issuers=NO_ISSUERS, servers=None, base=BASE, path="/"):
    def pages(made):
        return registry_area(
            made.store, KNOWLEDGE, KEYS, issuers, servers or NoServers(), public_url=base, clock=made.clock
        )

    async with site(tmp_path, pages=pages, path=path) as web:
        yield Walk(web)


def walking(**options):
    """A test that walks."""

    def decorate(test):
        def run(tmp_path):
            async def main():
                async with walk(tmp_path, **options) as one:
                    await test(one)

            asyncio.run(main())

        run.__name__ = test.__name__
        return run

    return decorate
