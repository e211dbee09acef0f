"""The Kubernetes manifests: valid by the schemas of Kubernetes, whole, and in step with the service and its image."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from jsonschema import Draft202012Validator

from cds import __version__
from cds.security import load_issuers
from cds.settings import Settings, load_settings
from tests.ops.kustomized import kustomized
from tests.ops.running import environment

DOCKER = Path(__file__).resolve().parents[2] / "docker"
BASE, OVERLAY = DOCKER / "kubernetes" / "base", DOCKER / "kubernetes" / "overlays" / "example"
NGINX_KEEPS = 60  # seconds for which ingress-nginx keeps idle connections (`upstream-keepalive-timeout`)
SCHEMAS = json.loads((Path(__file__).parent / "schemas" / "kubernetes.json").read_text())
PATIENCE = 5  # seconds for which the parent of workers waits beyond drain and stop


def kustomization(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((folder / "kustomization.yaml").read_text())
    return read


def resources(folder: Path) -> Iterator[dict[str, Any]]:
    for name in kustomization(folder)["resources"]:
        if name.endswith(".yaml"):
            yield from yaml.safe_load_all((folder / name).read_text())


RESOURCES = [*resources(BASE), *resources(OVERLAY)]


def of(kind: str) -> dict[str, Any]:
    (found,) = [each for each in RESOURCES if each["kind"] == kind]
    return found


POD = of("Deployment")["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]


def literals() -> dict[str, str]:
    """The settings of base and overlay, as Kustomize merges them."""
    merged: dict[str, str] = {}
    for folder in (BASE, OVERLAY):
        for each in kustomization(folder)["configMapGenerator"]:
            merged |= dict(literal.split("=", 1) for literal in each.get("literals", ()))
    return merged


def commands(text: str) -> list[str]:
    """The commands of kubectl in a text, each on one line."""
    lines = re.sub(r"\\\n#? *", "", text).splitlines()
    return [line.lstrip("# ") for line in lines if re.match(r"(#   )?kubectl ", line)]


COMMANDS = commands((OVERLAY / "kustomization.yaml").read_text())
SECRET = dict(re.findall(r"--from-literal=([\w-]+)=[\"']?([^\"']+|\"\$\(.*?\)\")", COMMANDS[1]))
"""The keys of the secret that the operator makes, and what stands there."""


def errors(resource: dict[str, Any]) -> list[str]:
    validator = Draft202012Validator({"$ref": f"#/$defs/{resource['kind']}", "$defs": SCHEMAS["$defs"]})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(resource)]


def values(node: Any, key: str) -> Iterator[Any]:
    if isinstance(node, dict):
        for name, inner in node.items():
            if name == key:
                yield inner
            yield from values(inner, key)
    elif isinstance(node, list):
        for inner in node:
            yield from values(inner, key)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each["kind"])
def test_each_resource_is_valid(resource):
    assert errors(resource) == []


def test_the_schemas_refuse_what_is_no_member_and_what_has_another_type():
    wrong = json.loads(json.dumps(of("Deployment")))
    wrong["spec"]["replicaCount"] = 2
    wrong["spec"]["template"]["spec"]["containers"][0]["ports"] = "8080"
    assert len(errors(wrong)) == 2


@pytest.mark.parametrize("folder", [BASE, OVERLAY], ids=lambda folder: folder.name)
def test_each_file_is_used(folder):
    listed = {name for name in kustomization(folder)["resources"] if name.endswith(".yaml")}
    given = {file for each in kustomization(folder)["configMapGenerator"] for file in each.get("files", ())}
    assert {file.name for file in folder.glob("*.yaml")} == listed | given | {"kustomization.yaml"}


def test_what_is_referred_to_exists():
    generated = {each["name"] for folder in (BASE, OVERLAY) for each in kustomization(folder)["configMapGenerator"]}
    names = {(each["kind"], each["metadata"]["name"]) for each in RESOURCES} | {
        ("ConfigMap", name) for name in generated
    }
    wanted = {("ServiceAccount", POD["serviceAccountName"])}
    wanted |= {("ConfigMap", each["name"]) for key in ("configMapRef", "configMap") for each in values(POD, key)}
    wanted |= {("Service", each["name"]) for each in values(of("Ingress"), "service")}
    target = of("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    wanted.add((target["kind"], target["name"]))
    assert wanted <= names
    assert len(wanted) == 5
    assert {mount["name"] for mount in CONTAINER["volumeMounts"]} == {volume["name"] for volume in POD["volumes"]}
    ports = {port["name"] for port in CONTAINER["ports"]}
    probes = {CONTAINER[f"{kind}Probe"]["httpGet"]["port"] for kind in ("startup", "readiness", "liveness")}
    (service_port,) = of("Service")["spec"]["ports"]
    assert probes | {service_port["targetPort"]} == ports


def test_the_autoscaler_alone_says_how_many_pods_there_are():
    scaler = of("HorizontalPodAutoscaler")["spec"]
    assert scaler["scaleTargetRef"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": of("Deployment")["metadata"]["name"],
    }
    assert scaler["minReplicas"] == 2
    assert "replicas" not in of("Deployment")["spec"], "each apply would throw a scaled deployment back"


def test_every_selector_finds_the_pods():
    (labels,) = kustomization(BASE)["labels"]
    assert labels["includeTemplates"]
    assert not labels["includeSelectors"], "it would change the selectors of other programs' pods"
    selectors = [of("Deployment")["spec"]["selector"]["matchLabels"], of("Service")["spec"]["selector"]]
    selectors += [of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"]]
    selectors += [of("NetworkPolicy")["spec"]["podSelector"]["matchLabels"]]
    selectors += [each["labelSelector"]["matchLabels"] for each in POD["topologySpreadConstraints"]]
    for selector in selectors:
        assert selector
        assert selector.items() <= labels["pairs"].items()
    monitor = yaml.safe_load((DOCKER / "monitoring" / "service-monitor.yaml").read_text())
    assert monitor["spec"]["selector"]["matchLabels"].items() <= labels["pairs"].items()


def test_the_settings_are_ours_and_usable(tmp_path):
    given = literals()
    assert ZoneInfo(given.pop("TZ")).key != "UTC"
    assert set(given) <= set(Settings().as_environment())
    settings = load_settings(given | {"CDS_DATABASE_URL": SECRET["database-url"]})
    mounts = {mount["mountPath"]: mount["name"] for mount in CONTAINER["volumeMounts"]}
    assert settings.issuers.name == "issuers.yaml"
    assert mounts[str(settings.issuers.parent)] == "issuers"
    assert mounts[str(settings.secret_file.parent)] == "secret"
    assert load_issuers(OVERLAY / "issuers.yaml").known
    serving = settings.serving
    assert POD["terminationGracePeriodSeconds"] >= serving.drain_seconds + serving.stop_seconds + PATIENCE
    assert serving.idle_seconds > NGINX_KEEPS, "it would send calls on connections that are just closed, and lose them"
    assert settings.metrics == "direct", "the ingress leads to every address"


def test_the_pod_is_restricted_as_the_image_allows():
    (user,) = re.findall(r"^USER (\d+):(\d+)$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    context, inner = POD["securityContext"], CONTAINER["securityContext"]
    assert (str(context["runAsUser"]), str(context["runAsGroup"])) == user
    assert context["runAsNonRoot"] is True
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert inner == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    writable = {mount["mountPath"] for mount in CONTAINER["volumeMounts"] if not mount.get("readOnly")}
    assert writable == {"/data", "/tmp"}
    assert POD["automountServiceAccountToken"] is False
    (mode,) = {each["defaultMode"] for each in values(POD["volumes"], "secret")}
    assert mode & 0o007 == 0, "the service refuses a secret that everybody can read"


def test_the_secret_is_made_between_the_namespace_and_the_rest():
    namespace, secret, rest = COMMANDS
    assert namespace == "kubectl apply -f docker/kubernetes/overlays/example/namespace.yaml"
    assert rest == "kubectl kustomize docker/kubernetes/overlays/example | kubectl apply -f -"
    made = re.match(r"kubectl -n (\S+) create secret generic (\S+) ", secret)
    assert made is not None
    assert made[1] == of("Namespace")["metadata"]["name"] == kustomization(OVERLAY)["namespace"]
    used = {each["name"] for each in values(POD, "secretKeyRef")}
    used |= {each["secretName"] for each in values(POD["volumes"], "secret")}
    assert used == {made[2]}
    keys = {each["key"] for each in values(POD, "secretKeyRef")}
    keys |= {item["key"] for each in values(POD["volumes"], "secret") for item in each["items"]}
    assert set(SECRET) == keys


def test_the_guide_has_the_same_commands():
    guide = (DOCKER.parent / "docs" / "operations.md").read_text()
    assert [each for each in commands(guide) if "overlays" in each or "secret" in each] == COMMANDS


def test_no_apply_writes_over_the_secret():
    assert "Secret" not in {each["kind"] for each in RESOURCES}
    assert not any("secretGenerator" in kustomization(folder) for folder in (BASE, OVERLAY))


def test_the_version_is_this_one():
    (image,) = kustomization(OVERLAY)["images"]
    assert image["newTag"] == __version__
    assert image["name"] == CONTAINER["image"]


HASH = re.compile(r"(baclofen-cds-(?:settings|issuers))-[0-9a-z]{10}$")


def by_kubectl() -> list[dict[str, Any]]:
    """What the real Kustomize makes of the overlay."""
    kubectl = next(
        (f"{each}/kubectl" for each in os.environ["PATH"].split(":") if os.access(f"{each}/kubectl", os.X_OK)), None
    )
    if kubectl is None:
        pytest.skip("kubectl is not installed, and Debian's is too old; our own reading of the overlay is tested")
    run = subprocess.run(
        [kubectl, "kustomize", str(OVERLAY)], env=environment(), capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return list(yaml.safe_load_all(run.stdout))


def without_hashes(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: without_hashes(value) for key, value in node.items()}
    if isinstance(node, list):
        return [without_hashes(each) for each in node]
    return HASH.sub(r"\1", node) if isinstance(node, str) else node


@pytest.mark.parametrize("build", [lambda: kustomized(OVERLAY), by_kubectl], ids=["ours", "kubectl"])
def test_the_overlay_builds(build):
    built = build()
    for resource in built:
        assert errors(resource) == []
    maps = {each["metadata"]["name"] for each in built if each["kind"] == "ConfigMap"}
    (deployment,) = [each for each in built if each["kind"] == "Deployment"]
    used = {each["name"] for key in ("configMapRef", "configMap") for each in values(deployment, key)}
    assert used == maps
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["image"] == f"registry.example.org/baclofen-cds:{__version__}"
    selector = deployment["spec"]["selector"]["matchLabels"]
    assert selector.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
    assert {each["metadata"].get("namespace") for each in built if each["kind"] != "Namespace"} == {"baclofen-cds"}
    (settings,) = [each["data"] for each in built if each["kind"] == "ConfigMap" and "CDS_WORKERS" in each["data"]]
    assert settings == literals()
    (policy,) = [each for each in built if each["kind"] == "NetworkPolicy"]
    (written,) = [each for each in RESOURCES if each["kind"] == "NetworkPolicy"]
    assert policy["spec"] == written["spec"]


def test_our_reading_of_the_overlay_is_that_of_kustomize():
    def ordered(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(without_hashes(resources), key=lambda each: (each["kind"], each["metadata"]["name"]))

    assert ordered(kustomized(OVERLAY)) == ordered(by_kubectl())


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda overlay: overlay["resources"].append("missing.yaml"), FileNotFoundError),
        (lambda overlay: overlay["resources"].append("namespace.yaml"), ValueError),
        (lambda overlay: overlay["configMapGenerator"][0].update(name="baclofen-cds-setings"), ValueError),
        (lambda overlay: overlay["images"][0].update(name="baclofen"), ValueError),
        (lambda overlay: overlay.update(patches=[]), KeyError),
    ],
)
def test_an_overlay_that_kustomize_would_not_build_or_not_as_meant_is_found(tmp_path, change, error):
    copied = tmp_path / "kubernetes"
    shutil.copytree(DOCKER / "kubernetes", copied)
    folder = copied / "overlays" / "example"
    overlay = kustomization(folder)
    change(overlay)
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(overlay))
    with pytest.raises(error):
        kustomized(folder)
