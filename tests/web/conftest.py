import pytest


@pytest.fixture(autouse=True)
def quick_hashes(request, monkeypatch):
    """Passwords hashed with less work; a test of the hash itself asks for `slow_hashes`."""
    if "slow_hashes" not in request.fixturenames:
        monkeypatch.setattr("cds.web.accounts.passwords._N", 2**8)


@pytest.fixture
def slow_hashes():
    """The work of the service itself."""
