"""The secret on the disk: made once, kept to itself, refused where others can read it."""

import multiprocessing

import pytest

from cds.security.secret import NO_SECRET, Keys, SecretUnusable, derive, load_keys


def test_a_secret_is_made_once_and_for_us_alone(tmp_path):
    file = tmp_path / "new" / "secret"
    keys = load_keys(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert load_keys(file) == keys
    assert [one.name for one in file.parent.iterdir()] == ["secret"]
    assert load_keys(tmp_path / "other") != keys != NO_SECRET


def test_no_key_is_another(tmp_path):
    keys = derive(b"x" * 32)
    values = [getattr(keys, name) for name in Keys.__slots__]
    assert len({*values}) == len(values) == 6
    assert all(len(value) == 32 for value in values)
    assert not set(values) & {getattr(derive(b"y" * 32), name) for name in Keys.__slots__}


def test_nothing_shows_a_key():
    keys = derive(b"x" * 32)
    assert not any(str(getattr(keys, name))[2:10] in repr(keys) for name in Keys.__slots__)


@pytest.mark.parametrize(
    ("content", "usable"), [(b"a" * 31, False), (b"a" * 32, True), (b"a" * 33 + b"\n", True), (b"", False)]
)
def test_a_secret_has_at_least_32_characters(tmp_path, content, usable):
    file = tmp_path / "secret"
    file.write_bytes(content)
    file.chmod(0o600)
    if usable:
        assert load_keys(file) == derive(content.strip())
    else:
        with pytest.raises(SecretUnusable, match="at least 32"):
            load_keys(file)


@pytest.mark.parametrize(
    ("mode", "usable"), [(0o600, True), (0o400, True), (0o640, True), (0o644, False), (0o606, False)]
)
def test_a_secret_that_everybody_can_read_is_refused(tmp_path, mode, usable):
    file = tmp_path / "secret"
    file.write_bytes(b"s" * 64)
    file.chmod(mode)
    if usable:
        load_keys(file)
    else:
        with pytest.raises(SecretUnusable, match="chmod 600"):
            load_keys(file)


def test_what_cannot_be_read_is_told_without_its_content(tmp_path):
    with pytest.raises(SecretUnusable, match="directory"):
        load_keys(tmp_path)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SecretUnusable, match="file"):
        load_keys(tmp_path / "file" / "secret")


def _load(file):
    return load_keys(file).card


def test_processes_that_start_together_have_one_secret(tmp_path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.map(_load, [tmp_path / "data" / "secret"] * 16, chunksize=1)
    assert len(set(found)) == 1
