"""What a rule's code can reach, read from its source: figures, periods, regime columns, indicators, and what of the patient it reads.

From `check` every name is followed through its module and the helpers of `cds.rules`. The result is what the code could do on some path,
which is what a rule's page has to list. `notes` is not followed: what it says qualifies a card and never decides one.
"""

import ast
import functools
import importlib
import inspect
import pkgutil
import re
from dataclasses import dataclass, field

import cds.rules

NOT_FOLLOWED = {"notes"}
ALIASES = {
    "chart": (),
    "kidneys": ("kidneys",),
    "pump": ("intrathecal",),
    "regime": ("regime",),
    "stay": ("stay",),
    "stop": ("stop",),
    "therapy": ("therapy",),
}
"""Names that stand for the chart, or for a part of it, in rules."""

PARTS = {"therapy", "kidneys", "programme", "indication", "regime", "intrathecal", "stay", "stop"}
"""Members of the chart that are looked into."""

MEDICATIONS = {"medications"}
EGFR = {"age", "sex", "renal_function", "conditions"}
"""The equation takes age and sex; how old a result may be depends on age and on known chronic kidney disease."""

INDICATION = {"conditions", "alcohol_use"}
REGIME = {"country", "care_setting"} | INDICATION
ATTRIBUTES = {
    "active": {"conditions"},
    "age": {"age"},
    "alcohol_use": {"alcohol_use"},
    "allergies": {"allergies"},
    "drugs": MEDICATIONS,
    "indication.alcohol_on_order": INDICATION,
    "indication.among": {"conditions"},
    "indication.kinds": INDICATION,
    "indication.unread": {"conditions"},
    "jurisdiction": {"country"},
    "kidneys.acute": {"renal_function", "conditions"},
    "kidneys.creatinine_clearance": {"age", "sex", "weight", "renal_function"},
    "kidneys.dialysis": {"conditions"},
    "kidneys.egfr": EGFR,
    "kidneys.implausible": EGFR - {"sex"},
    "kidneys.later": EGFR - {"conditions"},
    "kidneys.stale": EGFR,
    "kidneys.unreadable": {"renal_function"},
    "kidneys.unreadable_since": {"renal_function"},
    "problems": {"conditions"},
    "programme.last_prescription": MEDICATIONS,
    "programme.asked": {"registration"},
    "programme.last_visit": {"registration"},
    "programme.opinions": {"registration"},
    "programme.patient_registered": {"registration"},
    "programme.prescriber_registered": {"registration"},
    "regime.critical": REGIME,
    "regime.interval_days": REGIME,
    "regime.start": REGIME,
    "regime.step": REGIME,
    "regime.warn": REGIME,
    "sex": {"sex"},
    "taking": MEDICATIONS,
    "therapy.before": MEDICATIONS,
    "therapy.decreases": MEDICATIONS,
    "therapy.duplicates": MEDICATIONS,
    "therapy.ending": MEDICATIONS,
    "therapy.exposure": MEDICATIONS,
    "therapy.gap": {"medications", "supply", "conditions"},
    "therapy.increases": MEDICATIONS,
    "therapy.intrathecal": MEDICATIONS,
    "therapy.is_start": MEDICATIONS,
    "therapy.is_start_or_increase": MEDICATIONS,
    "therapy.is_taper": MEDICATIONS,
    "therapy.oral": MEDICATIONS,
    "therapy.reaches_zero": MEDICATIONS,
    "therapy.renewals": MEDICATIONS,
    "therapy.running_taper": MEDICATIONS,
    "therapy.starts": MEDICATIONS,
    "therapy.stops": MEDICATIONS,
    "therapy.supply_end": {"medications", "supply"},
    "therapy.taken": MEDICATIONS,
    "therapy.taper_withdrawal": {"medications", "conditions"},
    "therapy.total": MEDICATIONS,
    "intrathecal.begins": MEDICATIONS,
    "intrathecal.earlier": MEDICATIONS,
    "intrathecal.effective_test_dose": MEDICATIONS,
    "intrathecal.origin": {"conditions"},
    "intrathecal.predicted_empty": {"supply"},
    "intrathecal.pump": MEDICATIONS,
    "intrathecal.reported_oral": MEDICATIONS,
    "intrathecal.steps": MEDICATIONS,
    "intrathecal.test_doses": MEDICATIONS,
    "intrathecal.programmed_concentration": MEDICATIONS,
    "last_order": MEDICATIONS,
    "stay.discharge": MEDICATIONS,
    "stay.home": MEDICATIONS,
    "stay.home_dose": MEDICATIONS,
    "stay.hours": {"care_setting"},
    "stay.inpatient": MEDICATIONS,
    "stay.taper_on_record": MEDICATIONS,
    "stay.undecided": MEDICATIONS,
    "setting": {"care_setting"},
    "weight": {"weight"},
}
"""What of the patient a member of the chart is made of."""

NOTHING_OF_THE_PATIENT = {
    "evaluation_date",
    "hook",
    "indication.names",
    "indication.naming",
    "indication.source",
    "intrathecal.boluses",
    "intrathecal.in_cart",
    "intrathecal.infusions",
    "intrathecal.name",
    "intrathecal.opens_in_field",
    "missing",
    "ordering",
    "orders_beside",
    "regime.critical_meaning",
    "regime.references",
    "regime.warn_meaning",
    "registration_policy",
    "services",
    "stop.continues",
    "stop.exposure",
    "stop.kind",
    "stop.order",
    "stop.taper_on_record",
    "stop.toxicity",
    "therapy.checked",
    "therapy.checked_intrathecal",
    "therapy.checked_oral",
    "today",
}

LOOKBACK = {"renal.lookback", "renal.lookback_at_risk", "older_adult.age"}
BELIEVED = {"renal.implausible.mg_dl", "renal.implausible.umol_l"}
BUILT_WITH = {
    "kidneys.acute": {"renal.acute.ratio", "renal.acute.window"} | BELIEVED,
    "kidneys.creatinine_clearance": LOOKBACK | BELIEVED,
    "kidneys.egfr": LOOKBACK | BELIEVED,
    "kidneys.implausible": LOOKBACK | BELIEVED,
    "kidneys.later": BELIEVED,
    "kidneys.stale": BELIEVED,
    "programme.opinions": {"rtu.opinion_valid_months"},
    "therapy.exposure": {"exposure.pause"},
    "stop.exposure": {"exposure.pause"},
    "therapy.stops": {"taper.new_order_fraction"},
}
"""The figures that a member of the chart was built with: a rule that reads it rests on them."""


@dataclass
class Reach:
    texts: set[str] = field(default_factory=set)
    templates: set[tuple[str, ...]] = field(default_factory=set)
    chart: set[str] = field(default_factory=set)
    indicators: set[str] = field(default_factory=set)

    def known(self, ids):
        """Which of these ids occur, written out or put together by an f-string; two holes and more may hold any word."""
        return {one for one in ids if one in self.texts or any(self._builds(one, parts) for parts in self.templates)}

    def _builds(self, one, parts):
        if len(parts) == 2:
            before, after = parts
            return (
                one.startswith(before)
                and one.endswith(after)
                and one[len(before) : len(one) - len(after)] in self.texts
            )
        return bool(parts[0]) and re.fullmatch("[a-z_]+".join(map(re.escape, parts)), one) is not None

    def figures(self, ids):
        """The figures the rule rests on: its own, and those its part of the chart was built with."""
        return self.known(ids) | {figure for path in self.chart for figure in BUILT_WITH.get(path, ())}

    def attributes(self):
        """What of the patient the rule reads.

        Raises:
            KeyError: a member of the chart that nobody has said anything about yet; add it above.
        """
        read = self.chart - NOTHING_OF_THE_PATIENT
        return {attribute for path in read for attribute in ATTRIBUTES[path]}

    def regime_columns(self):
        names = {"start", "step", "interval_days", "warn", "critical"}
        return {path.removeprefix("regime.") for path in self.chart if path.startswith("regime.")} & names


def modules():
    """Every rule module by rule id."""
    found = {}
    for info in pkgutil.walk_packages(cds.rules.__path__, prefix="cds.rules."):
        module = importlib.import_module(info.name)
        if hasattr(module, "RULE"):
            found[module.RULE] = info.name
    return found


@functools.cache
def reach(module_name):
    found, seen = Reach(), set()
    _follow(module_name, "check", found, seen)
    return found


def _follow(module_name, name, found, seen):
    if (module_name, name) in seen or name in NOT_FOLLOWED:
        return
    seen.add((module_name, name))
    node = _globals(module_name).get(name)
    if node is None:
        return
    if isinstance(node, ast.ImportFrom):
        if node.module.startswith("cds.rules.") and node.module != "cds.rules.finding":
            _follow(node.module, next(a.name for a in node.names if (a.asname or a.name) == name), found, seen)
        return
    for inner in ast.walk(node):
        _note(inner, found)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            _follow(module_name, inner.id, found, seen)


def _note(node, found):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        found.texts.add(node.value)
    elif isinstance(node, ast.JoinedStr):
        parts = [""]
        for piece in node.values:
            if isinstance(piece, ast.Constant):
                parts[-1] += piece.value
            else:
                parts.append("")
        if any(parts):
            found.templates.add(tuple(parts))
    elif isinstance(node, ast.Attribute):
        chain = _chain(node)
        if chain and chain[0] == "Indicator":
            found.indicators.add(chain[1].lower())
        elif chain and chain[0] in ALIASES:
            path = (*ALIASES[chain[0]], *chain[1:])
            depth = 2 if path[0] in PARTS else 1
            if len(path) >= depth:
                found.chart.add(".".join(path[:depth]))


def _chain(node):
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else None


@functools.cache
def _globals(module_name):
    tree = ast.parse(inspect.getsource(importlib.import_module(module_name)))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            found.update({target.id: node.value for target in node.targets if isinstance(target, ast.Name)})
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
        elif isinstance(node, ast.ImportFrom):
            found.update({alias.asname or alias.name: node for alias in node.names})
    return found
