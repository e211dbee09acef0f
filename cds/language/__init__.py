"""What the service says, in the language of the call: catalogues of texts, and figures, units and dates as each language writes them.

English texts are the message ids; the other languages are gettext catalogues under `locale`. Data of the EHR is never translated and
never decides the language.
"""

from cds.language.catalogue import Catalogue, Untranslated, catalogue
from cds.language.languages import LANGUAGES, Language
from cds.language.negotiation import negotiate

__all__ = ["LANGUAGES", "Catalogue", "Language", "Untranslated", "catalogue", "negotiate"]
