"""What the service knows: references, dated figures and regimes, value sets, products, rules and their texts.

Everything stands in YAML beside this package, checked against `schemas/` when it is loaded. `load_knowledge()` is the door.
"""

from cds.knowledge._errors import KnowledgeError, UnknownEntryError
from cds.knowledge._load import load_knowledge
from cds.knowledge.knowledge import Knowledge
from cds.knowledge.model import Parameter, Period, ProductEntry, Reference
from cds.knowledge.regimes import Regime
from cds.knowledge.rule_entries import (
    Change,
    Message,
    OverrideReason,
    RemedyText,
    RuleEntry,
    ServiceEntry,
    Transparency,
    Usage,
)
from cds.knowledge.value_sets import Code, Kind, ValueSet

__all__ = [
    "Change",
    "Code",
    "Kind",
    "Knowledge",
    "KnowledgeError",
    "Message",
    "OverrideReason",
    "Parameter",
    "Period",
    "ProductEntry",
    "Reference",
    "Regime",
    "RemedyText",
    "RuleEntry",
    "ServiceEntry",
    "Transparency",
    "UnknownEntryError",
    "Usage",
    "ValueSet",
    "load_knowledge",
]
