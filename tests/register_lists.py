"""A made-up register, with the mistakes that such lists have."""

import random

PARTS = (
    *("ka", "lo", "mi", "ver", "sta", "bru", "den", "haa", "nij", "rot", "wel", "pra"),
    *("quin", "zel", "oor", "dij", "kamp", "berg", "hof", "stra"),
)
TRADES = {
    "81.21": "Schoonmaak",
    "81.30": "Hoveniers",
    "56.21": "Catering",
    "18.12": "Drukkerij",
    "43.21": "Installatie",
    "49.41": "Transport",
}
FOREIGN = {"a": "á", "e": "ë", "i": "ï", "o": "ø", "u": "ü", "n": "ñ", "z": "ž"}
PLACES = ("Delft", "Breda", "’s-Hertogenbosch", "Súdwest-Fryslân", "Haarlem")
FORMS = ("{} {} B.V.", "{1} {0} bv", "Stichting {} {}", "Coöperatie {} {} U.A.")
HEADERS = (
    *("Organisatie", "KvK-nummer", "Plaats", "Behaalde trede", "30+", "Geldig vanaf"),
    *("Geldig tot en met", "SBI-code", "Branche"),
)


def organisations(count, seed="register"):
    """Make organisations: ``[(name, KvK number, place, SBI code)]``, all different."""
    rng = random.Random(seed)
    made = {}
    while len(made) < count:
        family = "".join(rng.choice(PARTS) for _ in range(rng.choice((3, 4)))).title()
        sbi, trade = rng.choice(sorted(TRADES.items()))
        if family not in made:
            made[family] = (
                rng.choice(FORMS).format(family, trade),
                f"{10_000_000 + 7 * len(made)}",
                rng.choice(PLACES),
                sbi,
            )
    return list(made.values())


def misspelled(rng, name):
    """Write a name as somebody else would: a slip, other letters, another form."""
    spot = rng.randrange(1, len(name) - 5)
    return rng.choice(
        (
            name[:spot] + name[spot + 1 :],
            name[:spot] + name[spot] + name[spot:],
            name[:spot] + name[spot + 1] + name[spot] + name[spot + 2 :],
            "".join(FOREIGN.get(letter, letter) for letter in name),
            name.upper(),
            name.replace("B.V.", "BV").replace("Stichting ", "").replace(" ", "  "),
        )
    )


def row(organisation, level, start, end, is_30=False):
    name, kvk, place, sbi = organisation
    flag = "ja" if is_30 else "nee"
    return [name, kvk, place, f"Trede {level}", flag, start, end, sbi, TRADES[sbi]]


def as_csv(rows):
    return "\r\n".join(";".join(cells) for cells in (HEADERS, *rows)).encode()
