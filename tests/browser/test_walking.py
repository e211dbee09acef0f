"""The walks themselves: without Chromium they are skipped on a desk and fail in CI; axe does find what is wrong."""

import pytest

from tests.browser import walking


@pytest.mark.parametrize(("ci", "ends"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_chromium(monkeypatch, ci, ends):
    monkeypatch.setattr(walking, "CHROMIUM", None)
    monkeypatch.setenv("CI", ci)
    with pytest.raises(ends, match="Chromium is not installed"):
        walking.chromium_or_skip()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            "document.querySelector('#q').previousElementSibling.remove(); document.querySelector('#q').placeholder = ''",
            "label",
        ),
        ("document.querySelector('main').style.color = '#bbb'", "color-contrast"),
        ("document.documentElement.removeAttribute('lang')", "html-has-lang"),
    ],
)
def test_axe_sees_a_fault(walk, fault, said):
    walk.open("/rules?q=RenalSevere")
    walking.axe(walk.page)
    walk.page.evaluate(fault)
    with pytest.raises(AssertionError, match=said):
        walking.axe(walk.page)


def test_a_refused_script_and_a_request_elsewhere_are_noted(browser, service):
    context = browser.new_context()
    walk = walking.Walk(context.new_page(), service.base, "faults")
    walk.watch()
    walk.open("/rules")
    assert walk.faults == []
    walk.page.evaluate("""() => {
      const one = document.createElement("script");
      one.textContent = "window.ran = true";
      document.body.append(one);
      const other = document.createElement("img");
      other.src = "https://elsewhere.invalid/x.png";
      document.body.append(other);
    }""")
    walk.page.wait_for_timeout(300)
    assert walk.page.evaluate("window.ran") is None
    assert len([fault for fault in walk.faults if "Content Security Policy" in fault]) == 2
    context.close()
