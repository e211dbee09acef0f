import re
import shutil

import pytest

import cds.knowledge
from cds.knowledge import load_knowledge


@pytest.fixture(scope="session")
def knowledge():
    return load_knowledge()


class Folder:
    """A copy of the knowledge folder that a test may spoil."""

    def __init__(self, path):
        self.path = path

    def replace(self, file, old, new):
        """Replace the first occurrence; returns the line on which it stands."""
        path = self.path / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return text[: text.index(old)].count("\n") + 1

    def append(self, file, lines):
        """Append text; returns the line on which it begins."""
        path = self.path / file
        text = path.read_text("utf-8")
        path.write_text(text + lines, "utf-8")
        return text.count("\n") + 1

    def load(self):
        return load_knowledge(self.path)

    def refuses(self, where, because):
        with pytest.raises(cds.knowledge.KnowledgeError, match=re.escape(because)) as caught:
            self.load()
        assert str(caught.value).startswith(f"{where}: ")
        return caught.value


@pytest.fixture
def folder(tmp_path):
    source = load_knowledge.__globals__["FOLDER"]
    target = tmp_path / "knowledge"
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.py", "__pycache__", "schemas"))
    return Folder(target)
