"""Holds any CDS Hooks 2.0.1 service against the protocol's requirements, from outside, as a client sees it.

Knows the wire and HTTP, nothing of rules or medicine, and nothing of how this project's own service answers: a runner that shared its code
would share its faults.
"""

from cds.conformance.client import Client, Unreachable
from cds.conformance.requirements import Requirement, load_requirements
from cds.conformance.result import Report, Result
from cds.conformance.run import run
from cds.conformance.tokens import Key, UnusableKey, load_key

__all__ = [
    "Client",
    "Key",
    "Report",
    "Requirement",
    "Result",
    "Unreachable",
    "UnusableKey",
    "load_key",
    "load_requirements",
    "run",
]
