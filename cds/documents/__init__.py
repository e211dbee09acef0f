"""YAML files that people edit, read strictly: every fault is named by file, line and cause.

Used for the knowledge and for the file of issuers; knows nothing of either.
"""

from cds.documents._errors import DocumentError
from cds.documents._schema import check
from cds.documents._yaml import Document, Path, parse, read

__all__ = ["Document", "DocumentError", "Path", "check", "parse", "read"]
