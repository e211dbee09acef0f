"""The first administrator chooses a password, signs out and in, and is refused with a wrong one."""

from playwright.sync_api import expect

PASSWORD = "three plain words"


def test_setup_sign_out_and_sign_in(walker, new_service):
    walk = walker(new_service.base)
    page = walk.page
    walk.open("/sign-in")
    expect(page.get_by_text("No password has been chosen yet.")).to_be_visible()
    walk.sound("sign-in-before-setup")
    page.get_by_role("link", name="Choose the password").click()
    page.get_by_label("Setup code").fill("AAAA-AAAA-AAAA-AAAA")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Choose it and sign in").click()
    expect(page.get_by_role("alert")).to_have_text("This is not the setup code.")
    walk.sound("setup-refused")
    page.get_by_label("Setup code").fill(new_service.code.lower())
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Choose it and sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    walk.open("/rules")
    walk.sound("signed-in")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").click()
    walk.sound("sign-in")
    page.get_by_label("Password of the administrator").fill("three plain word")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("This is not the password.")
    expect(page.get_by_label("Password of the administrator")).to_be_focused()
    walk.sound("sign-in-refused")
    page.get_by_label("Password of the administrator").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    walk.open("/sign-in/setup")
    expect(page.get_by_role("heading", level=1)).to_have_text("A password has been chosen already")


def test_the_command_line_sets_the_password_anew_and_ends_sessions(walker, new_service):
    assert new_service.command("admin", "code").strip() == new_service.code
    new_service.command("admin", "password", told=f"{PASSWORD}\n{PASSWORD}\n")
    walk = walker(new_service.base)
    page = walk.page
    walk.open("/sign-in?lang=fr&next=rules")
    page.get_by_label("Mot de passe de l’administrateur").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page).to_have_url(f"{walk.base}/rules?lang=fr")
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
    walk.sound("signed-in-fr")
    new_service.command("admin", "password", told="four other plain words\nfour other plain words\n")
    page.reload()
    expect(page.get_by_role("link", name="Se connecter")).to_be_visible()


def test_a_form_of_before_the_sign_in_is_refused(walker, new_service):
    new_service.command("admin", "password", told=f"{PASSWORD}\n{PASSWORD}\n")
    walk = walker(new_service.base)
    page = walk.page
    walk.open("/sign-in")
    other = page.context.new_page()
    other.goto(f"{walk.base}/sign-in")
    other.get_by_label("Password of the administrator").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    page.get_by_label("Password of the administrator").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This form does not come from this page")
    walk.sound("form-refused")
