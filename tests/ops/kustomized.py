"""What Kustomize makes of a folder, as far as our folders ask for it: for machines without kubectl, whose package in Debian is too old for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Resource = dict[str, Any]

KNOWN = {"apiVersion", "kind", "namespace", "resources", "labels", "images", "configMapGenerator"}
CLUSTER_WIDE = {"Namespace"}


def kustomized(folder: Path) -> list[Resource]:
    """The resources of a folder. Names of ConfigMaps lack the hash that Kustomize puts after them.

    Raises:
        KeyError: it asks for something that is not done here.
        ValueError: two resources are one, a ConfigMap is merged into none, or an image is of no container.
    """
    asked: Resource = yaml.safe_load((folder / "kustomization.yaml").read_text())
    if not asked.keys() <= KNOWN:
        raise KeyError(f"{folder.name}: {', '.join(asked.keys() - KNOWN)}")
    made: list[Resource] = []
    for name in asked["resources"]:
        entry = folder / name
        made += kustomized(entry) if entry.is_dir() else list(yaml.safe_load_all(entry.read_text()))
    for each in asked.get("configMapGenerator", ()):
        _generate(each, folder, made)
    for each in asked.get("labels", ()):
        _label(each, made)
    for each in asked.get("images", ()):
        _rename(each, made)
    for each in made:
        if "namespace" in asked and each["kind"] not in CLUSTER_WIDE:
            each["metadata"]["namespace"] = asked["namespace"]
    keys = [(each["kind"], each["metadata"]["name"]) for each in made]
    if len(set(keys)) < len(keys):
        raise ValueError(f"{folder.name}: a resource is there twice")
    return made


def _generate(asked: Resource, folder: Path, made: list[Resource]) -> None:
    if not asked.keys() <= {"name", "behavior", "literals", "files"}:
        raise KeyError(f"{asked['name']}: {', '.join(asked)}")
    data = dict(each.split("=", 1) for each in asked.get("literals", ()))
    data |= {name: (folder / name).read_text() for name in asked.get("files", ())}
    there = [each for each in made if each["kind"] == "ConfigMap" and each["metadata"]["name"] == asked["name"]]
    if asked.get("behavior") == "merge":
        if len(there) != 1:
            raise ValueError(f"{asked['name']}: there is none to merge it into")
        there[0]["data"] |= data
    else:  # a second one of the name is found at the end
        made.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": asked["name"]}, "data": data})


def _label(asked: Resource, made: list[Resource]) -> None:
    if asked["includeSelectors"]:
        raise KeyError("includeSelectors")
    for each in made:
        places = [each["metadata"]]
        if asked["includeTemplates"] and "template" in each.get("spec", {}):
            places.append(each["spec"]["template"].setdefault("metadata", {}))
        for place in places:
            place["labels"] = place.get("labels", {}) | asked["pairs"]


def _rename(asked: Resource, made: list[Resource]) -> None:
    named = [
        container
        for each in made
        if each["kind"] == "Deployment"
        for container in each["spec"]["template"]["spec"]["containers"]
        if container["image"] == asked["name"]
    ]
    if not named:
        raise ValueError(f"{asked['name']}: no container has this image")
    for container in named:
        container["image"] = f"{asked['newName']}:{asked['newTag']}"
