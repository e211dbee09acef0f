"""Files and standard input for the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from cds.protocol._json import decode_body
from cds.protocol.errors import InvalidField

__all__ = ["InputError", "hook_body", "read_bytes", "read_text"]


class InputError(Exception):
    """Input that cannot be read; the message names file, field and cause."""

    def __init__(self, file: str, cause: str) -> None:
        super().__init__(f"{'standard input' if file == '-' else file}: {cause}")


def read_bytes(file: str) -> bytes:
    """The content of a file, or of standard input for '-'.

    Raises:
        InputError: there is no such file, or it may not be read.
    """
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise InputError(file, error.strerror or "cannot be read") from None


def read_text(file: str) -> str:
    """The same as text in UTF-8.

    Raises:
        InputError: it cannot be read, or is not UTF-8.
    """
    content = read_bytes(file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(file, f"line {line} is not UTF-8") from None


def hook_body(content: bytes) -> bytes:
    """The request itself, taken out of a capture that holds it under `body`.

    Raises:
        MalformedJson: the content is not JSON.
        InvalidField: `body` is there and is neither an object nor text.
    """
    members = decode_body(content)
    if members is None or "hook" in members or "body" not in members:
        return content
    body = bytes(members["body"])
    if body.startswith(b"{"):
        return body
    if body.startswith(b'"'):
        return msgspec.json.decode(body, type=str).encode()
    raise InvalidField("body", "The capture holds no request under body")
