"""The command line. Exit codes: 0 done, 1 internal fault, 2 wrong usage, 3 unreadable input, 4 configuration.

What a command alone needs is imported inside it, so that `--help` answers at once.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import json
import logging
import shlex
import sys
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import msgspec
import typer

from cds import __version__
from cds._input import InputError, hook_body, read_bytes, read_text
from cds.examples import ORDER_SIGN
from cds.language.languages import LANGUAGES
from cds.protocol.errors import ProtocolError
from cds.settings import JURISDICTIONS, ConfigurationError, Settings, load_settings

if TYPE_CHECKING:
    from cds.knowledge import Knowledge
    from cds.security import Issuers

__all__ = ["main"]

EXIT_INTERNAL = 1
EXIT_INPUT = 3
EXIT_CONFIGURATION = 4

app = typer.Typer(
    name="baclofen-cds",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, and those hold patient data
    rich_markup_mode="markdown",
    help="""Checks baclofen orders, as a CDS Hooks 2.0.1 service or on a stored request.

    Exit codes: 0 done, 1 internal fault, 2 wrong usage, 3 unreadable input, 4 configuration.
    The environment variables that count are listed by `baclofen-cds settings`.""",
)


def main() -> NoReturn:
    """Run the command line and exit."""
    try:
        app(prog_name="baclofen-cds")
    except InputError as error:
        _fail(str(error), EXIT_INPUT)
    except ConfigurationError as error:
        _fail(f"configuration: {error}", EXIT_CONFIGURATION)
    except BrokenPipeError:
        sys.stderr.close()
    except Exception as error:  # noqa: BLE001 -- the message may quote clinical data: type and place only
        from cds.http.errors import log_failure

        logging.basicConfig(format="%(message)s")
        log_failure("baclofen-cds failed", error)
        sys.exit(EXIT_INTERNAL)
    sys.exit(0)


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,  # noqa: FBT002
) -> None:
    if version:
        typer.echo(f"baclofen-cds {__version__}")
        raise typer.Exit


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; else CDS_HOST, else 127.0.0.1.")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port; else CDS_PORT, else PORT, else 8080.")
    ] = None,
) -> None:
    """Serve CDS Hooks over HTTP until stopped.

    Prints the discovery address and one curl line that returns a card.
    """
    import uvicorn

    from cds.app import create_app
    from cds.evaluation import evaluate as evaluate_call
    from cds.web import web_routes

    settings = load_settings(host=host, port=port)
    knowledge = _knowledge()
    service = create_app(
        settings,
        knowledge,
        evaluate_call,
        web_routes(knowledge, default_language=settings.language),
        issuers=_issuers(settings),
    )
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s: %(name)s: %(message)s")
    typer.echo(_welcome(settings))
    uvicorn.run(
        service,
        host=settings.host,
        port=settings.port,
        http="httptools",
        loop="auto",  # uvloop wherever it is installed
        log_level=settings.log_level,
        server_header=False,
    )


@app.command()
def evaluate(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A hook request as JSON, '-' for standard input.")],
    service: Annotated[
        str | None, typer.Option(help="Id of the service to ask; else the one that answers the request's hook.")
    ] = None,
    today: Annotated[
        datetime | None,
        typer.Option(
            metavar="DATE", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Evaluate as of this local day; else now."
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Language of the cards, en or fr; else CDS_LANGUAGE.")
    ] = None,
) -> None:
    """Print the answer to one stored hook request.

    FILE may also be a capture that holds the request under `body`. Example: `baclofen-cds evaluate order.json --today 2026-11-23`.
    """
    from cds.evaluation import evaluate as evaluate_call
    from cds.protocol.request import decode_request, service_for, service_for_hook
    from cds.protocol.response import encode_response

    if service is not None:
        try:
            service_for(service)
        except ProtocolError as error:
            raise typer.BadParameter(str(error), param_hint="--service") from None
    settings = load_settings()
    chosen = next((each for each in LANGUAGES if each == language), None)
    if language is not None and chosen is None:
        raise typer.BadParameter(f"{language!r} is none of {', '.join(LANGUAGES)}", param_hint="--language")
    try:
        body = hook_body(read_bytes(file))
        call = decode_request(body, service_for(service) if service else service_for_hook(body))
    except ProtocolError as error:
        raise InputError(file, str(error)) from None
    issuer = _issuers(settings).of_server(call.fhir_server)
    default = (issuer and issuer.language) or settings.language
    cards = evaluate_call(call, _knowledge(), settings, _moment(today), language=chosen or default, issuer=issuer)
    answer = encode_response(cards)
    typer.echo(msgspec.json.format(answer, indent=2).decode())


@app.command()
def dose(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Orders as JSON, one a line; '-' for standard input.")],
) -> None:
    """Read the daily dose of orders.

    Prints one JSON object for each MedicationRequest, in their order.
    """
    from cds.fhir.dose_report import dose_reports

    text = read_text(file)
    try:
        for report in dose_reports(text):
            typer.echo(json.dumps(report, ensure_ascii=False))
    except ValueError as error:
        raise InputError(file, str(error)) from error


@app.command()
def rules(
    rule: Annotated[str | None, typer.Argument(metavar="[RULE]", help="A rule id, for its texts and sources.")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Show what is in force on that day."),
    ] = None,
    jurisdiction: Annotated[
        str | None, typer.Option(metavar="CODE", help="With --as-of: only the regimes of US, CA, UK, FR or DE.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a Markdown file a rule, and an index, to that folder.")
    ] = None,
) -> None:
    """List the rules, show one with its texts, figures and references, or tell what was in force on a day.

    Example: `baclofen-cds rules --as-of 2016-01-01 --jurisdiction FR`.
    """
    from cds._catalogue import print_in_force, print_rule, print_rules
    from cds.web import write_markdown

    where = _jurisdiction(jurisdiction)
    knowledge = _knowledge()
    on = as_of.date() if as_of else None
    if markdown is not None:
        write_markdown(knowledge, markdown)
    elif rule is not None:
        if not print_rule(knowledge, rule, on=on):
            raise typer.BadParameter(f"there is no rule {rule!r}; `baclofen-cds rules` lists them", param_hint="RULE")
    elif on is not None:
        print_in_force(knowledge, on, where)
    else:
        print_rules(knowledge)


def _jurisdiction(given: str | None) -> str | None:
    """The jurisdiction as settings write it.

    Raises:
        typer.BadParameter: it is none of them.
    """
    if given is None:
        return None
    if given.upper() not in JURISDICTIONS:
        raise typer.BadParameter(f"{given!r} is none of {', '.join(JURISDICTIONS)}", param_hint="--jurisdiction")
    return given.upper()


@app.command(name="settings")
def show_settings() -> None:
    """Print the environment variables that count, with the values in force; the file of issuers is checked."""
    settings = load_settings()
    _issuers(settings)
    for name, value in settings.as_environment().items():
        typer.echo(f"{name}={shlex.quote(value)}")


def _knowledge() -> Knowledge:
    """What the rules rest on; a file that does not pass its checks is a fault of configuration."""
    from cds.knowledge import KnowledgeError, load_knowledge

    try:
        return load_knowledge()
    except KnowledgeError as error:
        _fail(f"knowledge: {error}", EXIT_CONFIGURATION)


def _issuers(settings: Settings) -> Issuers:
    """Who may be calling; a file that does not pass its checks is a fault of configuration."""
    from cds.security import DocumentError, load_issuers

    try:
        return load_issuers(settings.issuers)
    except DocumentError as error:
        _fail(f"configuration: CDS_ISSUERS: {error}", EXIT_CONFIGURATION)


def _moment(today: datetime | None) -> datetime:
    """Noon of the given day, the given moment, or now; always with the local offset."""
    if today is None:
        return datetime.now().astimezone()
    return (datetime.combine(today, time(12)) if today.time() == time(0) else today).astimezone()


def _welcome(settings: Settings) -> str:
    example = Path(str(ORDER_SIGN))
    if example.is_relative_to(Path.cwd()):
        example = example.relative_to(Path.cwd())
    base = settings.public_url
    return (
        f"Discovery: {base}/cds-services\n"
        f"A card:    curl -s {base}/cds-services/baclofen-order-sign -H 'Content-Type: application/json' "
        f"-d @{shlex.quote(str(example))}"
    )


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"baclofen-cds: {message}", err=True)
    sys.exit(code)
