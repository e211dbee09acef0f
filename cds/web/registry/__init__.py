"""The pages of the registry: forms that cards lead to, its records for people who are signed in, its figures."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.routing import BaseRoute

from cds.knowledge import Knowledge
from cds.rtu.listing import Listing
from cds.rtu.stored import Register
from cds.security import Issuers, Keys
from cds.security.issuers import namespace_of
from cds.store import Store
from cds.web.frame import Area, Frame
from cds.web.registry.carried import Carrier
from cds.web.registry.corrections import Corrections
from cds.web.registry.desk import Desk
from cds.web.registry.figures import FiguresPages
from cds.web.registry.inputs import Kind
from cds.web.registry.launch import Launches, Servers
from cds.web.registry.opened import Opened
from cds.web.registry.people import People
from cds.web.registry.prescribers import Prescribers

__all__ = ["Servers", "registry_area"]

_EVENTS: tuple[Kind, ...] = ("visit", "opinion", "stop")


def registry_area(
    store: Store,
    knowledge: Knowledge,
    keys: Keys,
    issuers: Issuers,
    servers: Servers,
    *,
    public_url: str,
    clock: Callable[[], float] = time.time,
) -> Area:
    """The pages of the registry.

    Args:
        store: where the records are kept.
        knowledge: since when the programme has been open, and how often patients are seen.
        keys: of the service.
        issuers: whose EHRs there are.
        servers: asks those that start this service as a SMART app.
        public_url: how browsers reach the service.
        clock: seconds since 1970.
    """
    address = urlsplit(public_url)
    path, secure = address.path.rstrip("/"), address.scheme == "https"  # of cookies

    def area(frame: Frame) -> list[BaseRoute]:
        desk = Desk(Register(store, frame.today), Listing(store), keys, knowledge, _namespaces(issuers))
        opened = Opened(frame, desk, Carrier(keys.session, path=path, secure=secure, clock=clock))
        launches = Launches(
            frame, opened, issuers, servers, keys, public_url=public_url, path=path, secure=secure, clock=clock
        )
        figures = FiguresPages(frame, desk)
        return [
            frame.route("/registry/form", opened.open),
            frame.route("/registry/form/{ticket}", opened.show),
            frame.route("/registry/form/{ticket}", opened.save, methods=("POST",)),
            frame.route("/registry/launch", launches.launch),
            frame.route("/registry/callback", launches.callback),
            frame.route("/registry/figures", figures.page),
            frame.route("/registry/figures.csv", figures.csv),
            *_people(frame, People(frame, desk), Prescribers(frame, desk), Corrections(frame, desk)),
        ]

    return area


def _people(frame: Frame, people: People, prescribers: Prescribers, corrections: Corrections) -> list[BaseRoute]:
    patient = "/registry/patients/{pseudonym}"
    pages = [
        ("/registry/prescribers/{id}", prescribers.one, prescribers.save),
        ("/registry/patients/find", people.find, people.found),
        (f"{patient}/register", people.registration, people.register),
        (f"{patient}/erase", people.erasure, people.erase),
        (f"{patient}/change", corrections.registration, corrections.change),
        (f"{patient}/delete/{{kind}}/{{event}}", corrections.deletion, corrections.delete),
        *((f"{patient}/{kind}", *people.event(kind)) for kind in _EVENTS),
    ]
    return [
        frame.route("/registry", people.overview),
        frame.route("/registry/prescribers", prescribers.listed, sign_in=True),
        frame.route("/registry/patients", people.patients, sign_in=True),
        *(
            frame.route(path, endpoint, methods=(method,), sign_in=True)
            for path, show, save in pages
            for method, endpoint in (("GET", show), ("POST", save))
        ),
        frame.route(patient, people.patient, sign_in=True),
    ]


def _namespaces(issuers: Issuers) -> tuple[str, ...]:
    """The EHRs' addresses, as pseudonyms are made of them."""
    found = (namespace_of(issuer, server) for issuer in issuers.known for server in issuer.fhir_servers)
    return tuple(dict.fromkeys(found))
