"""The command line. Exit codes: 0 done, 1 internal fault, 2 wrong usage, 3 unreadable input, 4 configuration.

What a command alone needs is imported inside it, so that `--help` answers at once.
"""
# ruff: noqa: PLC0415 -- what a command alone needs is imported when it runs

from __future__ import annotations

import json
import os
import shlex
import sys
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer

from cds import __version__
from cds._assembly import (
    EXIT_CONFIGURATION,
    EXIT_INPUT,
    EXIT_INTERNAL,
    database_of,
    fail,
    issuers_of,
    knowledge_or_end,
    service_of,
    warn_of_misspelt,
)
from cds._environment import without_secrets
from cds._input import InputError, hook_body, read_bytes, read_text
from cds.cli_admin import app as admin_app
from cds.cli_registry import registry
from cds.cli_store import app as store_app
from cds.language.languages import LANGUAGES
from cds.protocol.errors import LimitExceeded, ProtocolError
from cds.settings import JURISDICTIONS, MOST_WORKERS, ConfigurationError, Settings, load_settings

__all__ = ["main"]

EXIT_BROKEN = 1  # a requirement, where that was the question

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
app.add_typer(registry)

app.add_typer(store_app, name="store")


def main() -> NoReturn:
    """Run the command line and exit."""
    try:
        app(prog_name="baclofen-cds")
    except InputError as error:
        fail(str(error), EXIT_INPUT)
    except ConfigurationError as error:
        fail(f"configuration: {error}", EXIT_CONFIGURATION)
    except BrokenPipeError:
        sys.stderr.close()
    except Exception as error:  # noqa: BLE001 -- the message may quote clinical data: type and place only
        from cds.telemetry import configure_logs, log_failure

        configure_logs("error")
        log_failure("baclofen-cds failed", error)
        sys.exit(EXIT_INTERNAL)
    sys.exit(0)


app.add_typer(admin_app, name="admin")


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,  # noqa: FBT002 -- typer makes a flag of it
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
    workers: Annotated[
        int | None, typer.Option(min=1, max=MOST_WORKERS, help="Processes that answer; else CDS_WORKERS, else 1.")
    ] = None,
    *,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="For trials: trust the public CDS Hooks sandbox. Not for patients.")
    ] = False,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Listen beyond this machine although anybody could call.")
    ] = False,
) -> None:
    """Serve CDS Hooks over HTTP until stopped.

    Prints the discovery address, one curl line that returns a card and, until the administrator has a password, the code to choose one. Without CDS_ISSUERS it listens on this machine only.
    """
    from cds._serving import run

    run(load_settings(host=host, port=port, workers=workers), sandbox=sandbox, insecure=insecure)


@app.command()
def health() -> None:
    """Ask the service on this machine whether it is ready; exit code 0 if it is, else 1. Reads CDS_HOST and CDS_PORT as `serve` does."""
    from cds._health import not_ready

    why = not_ready(load_settings())
    if why is not None:
        fail(f"not ready: {why}", EXIT_INTERNAL)
    typer.echo("ready")


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
        called = service_for(service) if service else service_for_hook(body)
        call = decode_request(body, called, settings.limits)
    except ProtocolError as error:
        raise InputError(file, str(error)) from None
    issuer = issuers_of(settings).of_server(call.fhir_server)
    default = (issuer and issuer.language) or settings.language
    knowledge = knowledge_or_end()
    try:
        cards = evaluate_call(call, knowledge, settings, _moment(today), language=chosen or default, issuer=issuer)
    except LimitExceeded as error:
        raise InputError(file, str(error)) from None
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
    if where is not None and (as_of is None or rule is not None):
        raise typer.BadParameter("chooses among the regimes of --as-of", param_hint="--jurisdiction")
    if markdown is not None and (rule is not None or as_of is not None):
        raise typer.BadParameter("writes every rule as of its knowledge; give it alone", param_hint="--markdown")
    knowledge = knowledge_or_end()
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


@app.command()
def conformance(
    url: Annotated[
        str | None,
        typer.Argument(metavar="[URL]", help="Base URL of a service; else this one by default, on loopback."),
    ] = None,
    *,
    request: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="A hook request to send, too, to the services of its hook; may be repeated."),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Private key as JWK, with a kid: signs the calls and checks tokens."),
    ] = None,
    iss: Annotated[str | None, typer.Option(metavar="URI", help="With --key: issuer of the tokens.")] = None,
    jku: Annotated[str | None, typer.Option(metavar="URL", help="With --key: address of the JWK set to name.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of a table.")] = False,
    markdown: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the result as Markdown to that file.")
    ] = None,
) -> None:
    """Hold a CDS Hooks 2.0.1 service, any one, against the protocol's requirements.

    Exit code 0 when no SHALL is broken, else 1. Calls that address only, some thirty times, with an invented patient.
    Example: `baclofen-cds conformance https://cds.example.org --request order.json`.
    """
    from cds._conformance import hold, hold_own, key_from, print_report, request_from
    from cds.conformance.report import as_json as report_as_json
    from cds.conformance.report import as_markdown
    from cds.telemetry import configure_logs

    if (key is None) is not (iss is None) or (jku and not key):
        raise typer.BadParameter("--key and --iss go together; --jku goes with them", param_hint="--key")
    if key is not None and url is None:
        raise typer.BadParameter("goes with an address: this service is held with a key of its own", param_hint="--key")
    requests = [request_from(file) for file in request or ()]
    signer = key_from(key, iss, jku) if key is not None and iss is not None else None
    if url is not None:
        report = hold(url, requests, signer)
    else:
        configure_logs("critical")
        report = hold_own(lambda known, folder: service_of(Settings(issuers=known, data_dir=folder)), requests)
    if markdown is not None:
        markdown.write_text(as_markdown(report), "utf-8")
    elif as_json:
        typer.echo(json.dumps(report_as_json(report), indent=2, ensure_ascii=False))
    else:
        print_report(report)
    raise typer.Exit(0 if report.conforms else EXIT_BROKEN)


@app.command(name="settings")
def show_settings(
    markdown: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the table of all settings into that guide instead.")
    ] = None,
) -> None:
    """Print the environment variables that count, with the values in force; the file of issuers and the address of the database are checked."""
    if markdown is not None:
        from cds._settings_table import written

        try:
            markdown.write_text(written(markdown), "utf-8")
        except (OSError, ValueError) as error:
            raise InputError(str(markdown), str(error)) from None
        return
    settings = load_settings()
    warn_of_misspelt(os.environ)
    issuers_of(settings)
    if settings.database_url is not None:
        database_of(settings)
    for name, value in settings.as_environment().items():
        shown = without_secrets(value) if value and name == "CDS_DATABASE_URL" else value
        typer.echo(f"{name}={shlex.quote(shown)}")


def _moment(today: datetime | None) -> datetime:
    """Noon of the given day, the given moment, or now; always with the local offset."""
    if today is None:
        return datetime.now().astimezone()
    return (datetime.combine(today, time(12)) if today.time() == time(0) else today).astimezone()
