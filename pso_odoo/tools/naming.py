"""Which organisations may be the same, by their numbers and by what they are called.

No ORM, and nothing of where the names come from. A name is never proof: what is found
by it has a confidence, and somebody looks at it.
"""

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache
from math import log

from .cells import fold

# Forms of organisation, as they are written in names once dots are gone.
FORMS = frozenset(
    "bv nv vof cv stichting st vereniging cooperatie cooperatieve coop ua ba wa "
    "maatschap eenmanszaak gmbh kg ohg ltd limited llc plc inc sarl sas srl bvba sprl "
    "besloten vennootschap naamloze".split()
)
# Words too: a form only at the end of a name.
LAST_FORMS = frozenset(("ag", "as", "ab", "sa", "spa", "oy"))
AND = frozenset(("en", "and", "und", "et"))
# Long enough to be known with a slip of the pen.
LONG_FORMS = ("stichting", "vereniging", "cooperatie")
# Letters that are no letter with an accent.
LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
INITIALS = re.compile(r"(?<!\w)(?:(?:\w\.\s?){2,}|(?:\w\.)+\w(?!\w))")
# A KvK number with that of a branch behind it.
WITH_BRANCH = re.compile(r"\D*([0-9]{8})(?:\D+(?:[0-9]{4}|[0-9]{12})|[0-9]{12})\D*")
# What people write in and around a KvK number.
BESIDE = re.compile(r"kvk|[\s.:()-]", re.IGNORECASE)
BRANCH_DIGITS = 12

# From which likeness two names are shown as perhaps the same, and how many of them.
LEAST = 0.7
MOST_SHOWN = 5
# Two words of this likeness may be one with a slip of the pen.
SAME_WORD = 0.8
SHORTEST_WORD = 4
# Names as a whole of this likeness, spaces aside, may be one written apart.
SAME_WHOLE = 0.9
# Names are looked up by their rarest groups of three letters: so many at least, and
# until so many names were met. So many of these are compared letter by letter.
FEWEST = 8
LOOKED_AT = 4000
COMPARED = 20
# How surely it is the same organisation where the names are, by what the places say.
SAME_PLACE, NO_PLACE, OTHER_PLACE = 0.99, 0.95, 0.85
FOR_SAME_PLACE, FOR_OTHER_PLACE = 0.04, -0.06
# At this likeness two names have something in common; below it a number that fits
# is looked at by somebody.
ALIKE = 0.35


def kvk_key(text):
    """Return the eight digits of a KvK number, that of a branch behind it aside.

    :return: empty for what is none: the number of a branch alone has twelve digits

    >>> [kvk_key(text) for text in ("KvK 1234.5678", "1234567", "12345678 0001")]
    ['12345678', '01234567', '12345678']
    >>> kvk_key("000012345678"), kvk_key("12345678000012345678"), kvk_key(None)
    ('', '12345678', '')
    >>> kvk_key("a1b2345678"), kvk_key("12345678 (KvK)")
    ('', '12345678')
    """
    text = text or ""
    if found := WITH_BRANCH.fullmatch(text):
        return found[1]
    digits = BESIDE.sub("", text)
    # Spreadsheets take off the zero in front.
    is_kvk = digits.isascii() and digits.isdigit() and len(digits) in (7, 8)
    return digits.zfill(8) if is_kvk else ""


def is_branch(text):
    """Return whether a text is the number of a branch, without a KvK number.

    >>> is_branch("000012345678"), is_branch("12345678 0001")
    (True, False)
    """
    is_long = len(re.sub(r"\D", "", text or "")) == BRANCH_DIGITS
    return is_long and not kvk_key(text)


def vat_key(text):
    """Return a VAT number as it is compared; the code of the Netherlands aside.

    >>> vat_key("nl 1234.56.782.B90") == vat_key("123456782B90")
    True
    """
    return re.sub(r"[\W_]", "", text or "").upper().removeprefix("NL")


def words(name):
    """Return the words by which a name is compared.

    Without accents, case, forms of organisation, “en” and “&”; all of them, where
    nothing else would be left.

    >>> words("Stichting Coöperatie Zoë & Łukasz B.V.")
    ['zoe', 'lukasz']
    >>> words("A.B.C. Groep"), words("De Dam b v"), words("Stichting en Co.")
    (['abc', 'groep'], ['de', 'dam'], ['co'])
    """
    text = fold(name).translate(LETTERS)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = INITIALS.sub(_joined, text)
    every = re.findall(r"\w+", re.sub(r"['’`´]", "", text))
    kept = [word for word in every if not (word in AND or _is_form(word))]
    while kept and kept[-1] in LAST_FORMS:
        kept.pop()
    if kept[-2:] in (["b", "v"], ["n", "v"], ["c", "v"], ["u", "a"]):
        kept = kept[:-2]
    return kept or every


def name_key(name):
    """Return a name as it is compared as a whole; never empty for what is not.

    >>> name_key("Kring-loop “De Dam” BV"), name_key("kringloop de dam")
    ('kringloopdedam', 'kringloopdedam')
    """
    return "".join(words(name)) or fold(name)


def place_key(place):
    """Return a place as it is compared: ’s-Hertogenbosch and s Hertogenbosch."""
    return "".join(words(place or ""))


def likeness(one, other):
    """Return how alike two names are as a whole, from 0 to 1."""
    return SequenceMatcher(None, name_key(one), name_key(other), False).ratio()


def are_alike(one, other):
    """Return whether two names have anything in common but a form of organisation.

    >>> are_alike("De Dam B.V.", "Schoonmaak de Dam"), are_alike("Aap BV", "Mus BV")
    (True, False)
    """
    return bool(set(words(one)) & set(words(other))) or likeness(one, other) >= ALIKE


class NameIndex:
    """Organisations, to be found by a name that may be spelled otherwise.

    :param names: ``{id: (name, place)}``

    >>> index = NameIndex({1: ("Schoonmaakbedrijf de Dam BV", "Delft"), 2: ("Mus", "")})
    >>> index.find("Schonmaakbedrijf De Dam", "delft")[0][0]
    1
    >>> index.find("Aap", "")
    []
    """

    def __init__(self, names):
        self.words = {id_: words(name) for id_, (name, _place) in names.items()}
        self.keys = {id_: name_key(name) for id_, (name, _place) in names.items()}
        self.places = {id_: place_key(place) for id_, (_name, place) in names.items()}
        self.counts = Counter(w for each in self.words.values() for w in set(each))
        self.by_part = {}
        for id_, key in self.keys.items():
            for part in _parts(key):
                self.by_part.setdefault(part, []).append(id_)

    def find(self, name, place=""):
        """Find those that may be meant: ``[(id, confidence up to 1)]``, best first."""
        key, own, place = name_key(name), words(name), place_key(place)
        found = [
            (id_, self._confidence(key, own, place, id_)) for id_ in self._near(key)
        ]
        likely = [each for each in found if each[1] >= LEAST]
        return sorted(likely, key=lambda each: (-each[1], each[0]))[:MOST_SHOWN]

    def _near(self, key):
        """Take those that share most of the rarest parts of a name."""
        known = [part for part in _parts(key) if part in self.by_part]
        rarest = sorted(known, key=lambda part: (len(self.by_part[part]), part))
        shared, looked_at = Counter(), 0
        for number, part in enumerate(rarest):
            looked_at += len(self.by_part[part])
            if number >= FEWEST and looked_at > LOOKED_AT:
                break
            shared.update(self.by_part[part])
        return [id_ for id_, _count in shared.most_common(COMPARED)]

    def _confidence(self, key, own, place, id_):
        there = self.places[id_]
        is_same, is_other = place and place == there, place and there and place != there
        if self.keys[id_] == key:
            return SAME_PLACE if is_same else OTHER_PLACE if is_other else NO_PLACE
        by_place = FOR_SAME_PLACE if is_same else FOR_OTHER_PLACE if is_other else 0
        like = self._likeness(key, own, id_)
        return min(like + by_place, NO_PLACE - 0.01) if like else 0

    def _likeness(self, key, own, id_):
        other, whole = self.words[id_], self.keys[id_]
        if _numbers(own) != _numbers(other):
            return 0  # Groep 1 is not Groep 2
        by_words = self._by_words(own, other)
        matcher = SequenceMatcher(None, key, whole, False)
        if (
            matcher.real_quick_ratio() < SAME_WHOLE
            or matcher.quick_ratio() < SAME_WHOLE
        ):
            return by_words
        ratio = matcher.ratio()
        return max(by_words, ratio - 0.05) if ratio >= SAME_WHOLE else by_words

    def _by_words(self, own, other):
        """Hold words against each other; one that many names have says little."""
        total = sum(map(self._weight, own)) + sum(map(self._weight, other))
        left, same = list(other), 0.0
        for word in own:
            best = max(left, key=lambda each: same_word(word, each), default=None)
            like = same_word(word, best) if best is not None else 0
            if like:
                left.remove(best)
                same += like * (self._weight(word) + self._weight(best))
        return same / total if total else 0

    def _weight(self, word):
        return log(1 + (1 + len(self.words)) / (1 + self.counts[word]))


@lru_cache(maxsize=200_000)
def same_word(one, other):
    """Return how surely two words are one with a slip of the pen, else 0."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) < SHORTEST_WORD:
        return 0.0
    matcher = SequenceMatcher(None, one, other, False)
    if matcher.real_quick_ratio() < SAME_WORD or matcher.quick_ratio() < SAME_WORD:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= SAME_WORD else 0.0


def _parts(key):
    """Return the groups of three letters of a name, with its beginning and end."""
    framed = f"^{key}$"
    return {framed[start : start + 3] for start in range(max(1, len(framed) - 2))}


def _is_form(word):
    return word in FORMS or any(same_word(word, form) for form in LONG_FORMS)


def _joined(initials):
    """Write initials as one word: B.V. is BV, and A.B.C. is ABC."""
    return re.sub(r"[.\s]", "", initials[0]) + " "


def _numbers(own):
    return [word for word in own if word.isdigit()]
