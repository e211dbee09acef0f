"""YAML as our files use it: plain data, exact numbers, a line for every value.

Safer than YAML 1.1 at the places where tables of codes go wrong: `no` is a word and not false, dates stay text, `1.50` keeps
its digits, `012` is no octal number; duplicate keys and aliases are refused.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.resolver import Resolver

from cds.documents._errors import DocumentError

Path = tuple[str | int, ...]
"""Where a value stands: keys and positions from the outside in."""

_BOOL, _INT, _FLOAT, _NULL = (f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "null"))


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its data, and where each part of it stands.

    Attributes:
        file: the file as its reader calls it: a path below the knowledge folder, or the path that was given.
        data: mappings, lists, `str`, `bool`, `int`, None, and `Fraction` for numbers with a decimal point.
        lines: line of each value, by its path in `data`; of a mapping's member the line of its key.
    """

    file: str
    data: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def error(self, cause: str, path: Path = ()) -> DocumentError:
        """A DocumentError at the nearest known place of a path."""
        while path and path not in self.lines:
            path = path[:-1]
        return DocumentError(cause, self.file, self.lines.get(path, 1))


try:
    from yaml._yaml import CParser as Parser  # libyaml, which tells its events ten times as fast
except ImportError:  # PyYAML was built without it
    from yaml import SafeLoader as Parser  # type: ignore[assignment]


class _Loader(Composer, Resolver):
    """Nodes with a short list of scalar types and without aliases."""

    def __init__(self, text: str) -> None:
        Composer.__init__(self)
        Resolver.__init__(self)
        self._parser = Parser(text)
        self.check_event = self._parser.check_event
        self.get_event = self._parser.get_event
        self.peek_event = self._parser.peek_event
        self.dispose = self._parser.dispose

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="an alias is not allowed here", problem_mark=event.start_mark)  # type: ignore[arg-type]  # libyaml's marks have lines, too
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {}  # of this class only: not the types of YAML 1.1
_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(_INT, re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver(_FLOAT, re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789"))
_Loader.add_implicit_resolver(_NULL, re.compile(r"^(?:null|~|)$"), ["n", "~", ""])


def read(path: pathlib.Path, name: str) -> str:
    """The text of a file, which errors call `name`.

    Raises:
        DocumentError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}", name) from error
    except UnicodeDecodeError as error:
        raise DocumentError("is not UTF-8", name) from error


def parse(text: str, file: str) -> Document:
    """Read one YAML document.

    Raises:
        DocumentError: it is not YAML, has a duplicate key, an alias, a key that is no text or a value of another type.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DocumentError(error.problem or "not YAML", file, mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        raise DocumentError(f"not YAML: {error}", file) from error
    finally:
        loader.dispose()
    if node is None:
        raise DocumentError("the file is empty", file, 1)
    document = Document(file, {})
    document = Document(file, _plain(node, (), document), document.lines)
    document.lines[()] = 1
    return document


def _plain(node: yaml.Node, path: Path, document: Document) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return dict(_members(node, path, document))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, position), document) for position, item in enumerate(node.value)]
    return _scalar(node, path, document)


def _members(node: yaml.MappingNode, path: Path, document: Document) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = key_node.value
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != "tag:yaml.org,2002:str":
            raise DocumentError(f"a key must be text: quote {key!r}", document.file, line)
        if key in seen:
            raise DocumentError(f"duplicate key {key!r}", document.file, line)
        seen.add(key)
        document.lines[*path, key] = line
        yield key, _plain(value_node, (*path, key), document)


def _scalar(node: yaml.Node, path: Path, document: Document) -> str | bool | int | Fraction | None:
    text = str(node.value)
    match node.tag:
        case "tag:yaml.org,2002:str":
            return text
        case "tag:yaml.org,2002:bool":
            return text == "true"
        case "tag:yaml.org,2002:int":
            return int(text)
        case "tag:yaml.org,2002:float":
            return Fraction(text)
        case "tag:yaml.org,2002:null":
            return None
        case tag:
            raise document.error(f"values of type {tag} are not used here", path)
