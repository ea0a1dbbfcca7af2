"""Names of lycées as people read them: « LYCÉE PROFESSIONNEL JEAN MOULIN » becomes « Lycée professionnel Jean Moulin ».

Only the display changes; the name of the directory is kept. Common words are in lower case, names keep their capital,
abbreviations stay. What is not all in capitals was written by somebody, and only its spaces and apostrophes are set.
"""

import re

from portal.kernel.values.folding import one_line, without_accents

_WORD = re.compile(r"\w+")

# Words that are not names, with the accents that some rows lost.
_COMMON = (
    "lycée lycées collège école écoles institut institution centre cours ensemble groupe cité campus maison externat "
    "internat établissement section annexe antenne site unité pôle foyer fondation rectorat académie vice "
    "général générale généraux technologique technologiques professionnel professionnelle professionnels "
    "polyvalent polyvalente privé privée privés public publique agricole agricoles horticole forestier viticole rural "
    "rurale hôtelier hôtelière maritime maritimes aquacole climatique industriel commercial tertiaire mixte régional "
    "régionale départemental national nationale international internationale européen européenne supérieur supérieure "
    "technique techniques scolaire catholique protestant familial familiale adapté adaptée français française "
    "enseignement éducation formation orientation promotion apprentissage développement voie métiers "
    "métier sciences arts appliqués bâtiment travaux publics tourisme hôtellerie restauration coiffure esthétique "
    "mode santé social sociale services commerce gestion paysage environnement production énergie automobile "
    "transports horlogerie bois ameublement textile image son spectacle appropriées technologies secondaire et ou "
    "premier second degré pédagogique interprofessionnel"
)
_READABLE = {without_accents(word): word for word in _WORD.findall(_COMMON)} | {"TECHNOLOGIQUEOGIES": "technologies"}
_ELIDED = frozenset({"D", "L"})
_PREPOSITIONS = frozenset({"DE", "DU", "DES", "AU", "AUX", "EN", "SUR", "SOUS", "LÈS", "À", "PAR", "POUR", "DANS"})
_ARTICLES = frozenset({"LE", "LA", "LES"})
_ABBREVIATIONS = frozenset(
    _WORD.findall(
        "ALP ASEE BTP BTS CCI CFA CFPPA CNED DDEC DECC EIC EPLEFPA EREA ETP GAN IBTS IEMP IFA IPECOM IPESUP ISP LAP LEAP "
        "LEGT LEGTA LEGTAP LEGTPA LEP LEPA LEPAP LEPP LEPRP LGT LP LPA LPO LPP LT LTP MFR MLF OGEC ORT SEGT SEP SGT UFA "
        "UFR AEFE I II III IV VI VII VIII IX X XI XII XIII XIV XV XVI XX XXIII"
    )
)


def display_name(name: str) -> str:
    """The name of a lycée in the case of a French sentence, with typographic apostrophes."""
    text = one_line(name).replace("'", "’")
    if not text.isupper():
        return text
    words = list(_WORD.finditer(text))
    pieces, end = [], 0
    for rank, word in enumerate(words):
        gap = text[end : word.start()]
        before = words[rank - 1].group() if rank else ""
        pieces += [gap, _cased(word.group(), before=before, gap=gap, after=text[word.end() : word.end() + 1])]
        end = word.end()
    readable = "".join([*pieces, text[end:]])
    return readable[:1].upper() + readable[1:]


def _cased(word: str, *, before: str, gap: str, after: str) -> str:
    """One word; `before` is the word that precedes it, `gap` what separates them, `after` the sign that follows it."""
    folded = without_accents(word)
    opens_a_name = before not in _PREPOSITIONS and gap != "-" and before not in _ARTICLES
    if after == "’" and folded in _ELIDED:
        return word if folded == "L" and opens_a_name else word.lower()
    if word in _ABBREVIATIONS:
        return word
    if word in _PREPOSITIONS or word[0].isdigit() or (folded in _ARTICLES and not opens_a_name):
        return word.lower()
    inside_a_name = gap == "-" and without_accents(before) not in _READABLE and folded not in {"ET", "OU"}
    return word.capitalize() if inside_a_name else _READABLE.get(folded, word.capitalize())
