"""Who may see the pages that show data: one administrator with a password or, in a hospital, people whom an OpenID Connect provider knows."""

from cds.web.accounts.administrator import Administrator, WeakPassword
from cds.web.accounts.local import local_area
from cds.web.accounts.oidc import ANYBODY, Provider
from cds.web.accounts.provided import provided_area
from cds.web.accounts.sessions import CookieSessions

__all__ = ["ANYBODY", "Administrator", "CookieSessions", "Provider", "WeakPassword", "local_area", "provided_area"]
