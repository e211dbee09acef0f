import pytest
from playwright.sync_api import sync_playwright

from tests.browser.walking import ARGUMENTS, DESKTOP, PHONE, Walk, chromium_or_skip, running


@pytest.fixture(scope="package")
def browser():
    """Chromium, for the walks alone: while it is open no other test could run a loop."""
    path = chromium_or_skip()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="package")
def service(tmp_path_factory):
    """A service whose pages are only read."""
    chromium_or_skip()
    with running(tmp_path_factory.mktemp("service")) as made:
        yield made


@pytest.fixture
def new_service(tmp_path):
    """A service of one's own, that nobody has set up."""
    chromium_or_skip()
    with running(tmp_path) as made:
        yield made


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def viewport(request):
    return request.param


@pytest.fixture
def walker(browser, viewport, request):
    """Begin a walk at an address; at its end nothing may have gone wrong unseen."""
    contexts, walks = [], []

    def begin(base, **options):
        context = browser.new_context(
            **{"viewport": viewport, "locale": "en-GB", "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        walk = Walk(context.new_page(), base, request.node.name)
        walk.watch()
        walks.append(walk)
        return walk

    yield begin
    for context in contexts:
        context.close()
    assert [fault for walk in walks for fault in walk.faults] == []


@pytest.fixture
def walk(walker, service):
    return walker(service.base)
