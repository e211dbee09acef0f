"""French words of dosing instructions, in small letters without accents; see `lexicon_en` for what the entries mean."""

from __future__ import annotations

from fractions import Fraction

from cds.fhir.sig.lexicon_en import Meaning

_NUMBERS = "zero un deux trois quatre cinq six sept huit neuf dix onze douze".split()
_WEEKDAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()

FRENCH: dict[str, Meaning] = {
    **{word: ("NUM", Fraction(value)) for value, word in enumerate(_NUMBERS)},
    "une": ("NUM", Fraction(1)),
    **{
        word: ("NUM", Fraction(value))
        for word, value in (("quinze", 15), ("vingt", 20), ("trente", 30), ("quarante", 40))
    },
    **dict.fromkeys(("demi", "demie", "un demi", "la moitie un", "une moitie de"), ("NUM", Fraction(1, 2))),
    **dict.fromkeys(("un quart", "un quart de", "quart"), ("NUM", Fraction(1, 4))),
    **dict.fromkeys(("trois quarts", "trois quarts de"), ("NUM", Fraction(3, 4))),
    **dict.fromkeys(("et demi", "et demie", "et un demi"), ("ANDHALF", None)),
    **dict.fromkeys(("comprime", "comprimes", "cp", "cps", "cpr", "cprs", "comp", "cpes"), ("UNIT", "{tbl}")),
    **dict.fromkeys(("gelule", "gelules", "capsule", "capsules", "sachet", "sachets"), ("UNIT", "{tbl}")),
    **dict.fromkeys(("milligramme", "milligrammes"), ("UNIT", "mg")),
    **dict.fromkeys(("gramme", "grammes"), ("UNIT", "g")),
    **dict.fromkeys(("microgramme", "microgrammes"), ("UNIT", "ug")),
    **dict.fromkeys(
        ("gouttes", "goutte", "cuillere", "cuilleres", "bouffee", "bouffees", "unites", "ui", "suppositoire"),
        ("UNIT", "?"),
    ),
    **dict.fromkeys(("fois", "fs"), ("TIMES", None)),
    **dict.fromkeys(("une fois", "1 fois"), ("NTIMES", Fraction(1))),
    **dict.fromkeys(
        ("quotidien", "quotidienne", "quotidiennement", "tous les jours", "chaque jour", "journalier"),
        ("DAILY", Fraction(1)),
    ),
    **dict.fromkeys(("hebdomadaire", "chaque semaine", "toutes les semaines"), ("DAILY", Fraction(7))),
    **dict.fromkeys(("par", "sur", "dans"), ("PER", None)),
    **dict.fromkeys(("tous les", "toutes les", "chaque", "ts les", "ttes les"), ("EVERY", None)),
    **dict.fromkeys(("heure", "heures"), ("TIMEUNIT", Fraction(1, 24))),
    **dict.fromkeys(("jour", "jours", "j", "jrs"), ("TIMEUNIT", Fraction(1))),
    **dict.fromkeys(("semaine", "semaines", "sem"), ("TIMEUNIT", Fraction(7))),
    "mois": ("TIMEUNIT", Fraction(487, 16)),
    **dict.fromkeys(
        ("un jour sur deux", "1 jour sur 2", "1 j sur 2", "un jour sur 2", "jours alternes"), ("LATIN", Fraction(1, 2))
    ),
    **dict.fromkeys(
        ("matin", "le matin", "au lever", "au reveil", "chaque matin", "tous les matins"), ("MOMENT", "MORN")
    ),
    **dict.fromkeys(("midi", "le midi", "a midi", "tous les midis"), ("MOMENT", "NOON")),
    **dict.fromkeys(("apres midi", "au gouter"), ("MOMENT", "AFT")),
    **dict.fromkeys(("soir", "le soir", "chaque soir", "tous les soirs"), ("MOMENT", "EVE")),
    **dict.fromkeys(("au coucher", "coucher", "avant le coucher", "la nuit", "nuit"), ("MOMENT", "NIGHT")),
    **dict.fromkeys(("au petit dejeuner", "petit dejeuner", "avant le petit dejeuner"), ("MOMENT", "CM")),
    **dict.fromkeys(("au dejeuner", "dejeuner"), ("MOMENT", "CD")),
    **dict.fromkeys(("au diner", "diner"), ("MOMENT", "CV")),
    **dict.fromkeys(
        ("aux repas", "pendant les repas", "au cours des repas", "au moment des repas", "aux 3 repas"), ("MEAL", None)
    ),
    **dict.fromkeys(
        ("avant les repas", "avant chaque repas", "apres les repas", "a chaque repas", "apres chaque repas"),
        ("MEAL", None),
    ),
    **dict.fromkeys(
        ("au cours ou a la fin des repas", "a la fin des repas", "au milieu des repas", "en dehors des repas"),
        ("MEAL", None),
    ),
    **{word: ("WEEKDAY", number) for number, word in enumerate(_WEEKDAYS)},
    **{f"{word}s": ("WEEKDAY", number) for number, word in enumerate(_WEEKDAYS)},
    **dict.fromkeys(("pendant", "pdt", "durant", "pour"), ("FOR", None)),
    **dict.fromkeys(("puis", "et puis", "ensuite", "suivi de", "par la suite", "apres quoi"), ("THEN", None)),
    **dict.fromkeys(("et", "ainsi que"), ("AND", None)),
    **dict.fromkeys(("au", "ou"), ("TO", None)),
    **dict.fromkeys(("jusqu a", "jusqu au", "jusque"), ("UNTIL", None)),
    **dict.fromkeys(("au bout de", "au bout", "apres"), ("AFTER", None)),
    **dict.fromkeys(
        ("si besoin", "au besoin", "si necessaire", "a la demande", "sb", "selon besoin", "en cas de besoin"),
        ("PRN", None),
    ),
    **dict.fromkeys(
        ("maxi", "sans depasser", "ne pas depasser", "au maximum", "au max", "maximale", "maximal"), ("MAX", None)
    ),
    **dict.fromkeys(
        ("dose maximale", "posologie maximale", "posologie maximale recommandee", "dose max", "maximum de"),
        ("MAX", None),
    ),
    **dict.fromkeys(("augmenter", "augmentation", "majorer", "augmente", "augmenter la dose"), ("CHANGE", 1)),
    **dict.fromkeys(("diminuer", "diminution", "reduire", "baisser", "diminuer la dose"), ("CHANGE", -1)),
    **dict.fromkeys(("arret", "arreter", "stopper"), ("STOP", None)),
    **dict.fromkeys(
        ("en plusieurs prises", "en prises fractionnees", "fractionne", "a repartir", "reparti", "repartis"),
        ("DIVIDED", None),
    ),
    **dict.fromkeys(("prises", "prise"), ("DOSES", None)),
    **dict.fromkeys(("par prise", "a chaque prise"), ("PERDOSE", None)),
    **dict.fromkeys(("recommencer", "recommencer le cycle", "renouveler le cycle", "a repeter"), ("CYCLE", None)),
    **dict.fromkeys(("renouveler", "a renouveler", "qsp", "ar", "renouvelable"), ("ENDS", None)),
    **dict.fromkeys(("si", "en cas de", "en cas", "lors de", "lors des"), ("IF", None)),
    **dict.fromkeys(
        ("en fonction de", "en fonction du", "en fonction des", "selon", "en raison de", "suivant"), ("REASON", None)
    ),
    **dict.fromkeys(
        ("progressivement", "paliers", "par paliers", "adapter", "ajuster", "titrer", "comme indique"), ("VAGUE", None)
    ),
    **dict.fromkeys(
        (
            "ne",
            "pas",
            "jamais",
            "sauf",
            "sans",
            "eviter",
            "sauter",
            "moins",
            "alterner",
            "alternance",
            "supplementaire",
        ),
        ("NOT", None),
    ),
    **dict.fromkeys(
        ("prendre", "avaler", "administrer", "donner", "mettre", "debuter", "commencer", "poursuivre"), ("", None)
    ),
    **dict.fromkeys(("le", "la", "les", "de", "du", "des", "en", "est", "a raison de", "soit"), ("", None)),
    **dict.fromkeys(
        ("par voie orale", "voie orale", "per os", "par la bouche", "intrathecale", "par voie intrathecale"), ("", None)
    ),
    **dict.fromkeys(
        ("posologie", "dose", "dose initiale", "debuter par", "commencer par", "recommandee", "environ", "rtu"),
        ("", None),
    ),
    **dict.fromkeys(
        ("avec un verre eau", "avec de l eau", "avec un repas", "si bien tolere", "si tolere", "selon tolerance"),
        ("", None),
    ),
    **dict.fromkeys(("prescription sous rtu", "traitement", "dose totale"), ("", None)),
}
