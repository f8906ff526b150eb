"""The words of generated titles."""

import random
from itertools import product

# Enough shapes of syllables that few words share their groups of three letters, as in a language
ONSETS = ["b", "bl", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl",
          "pr", "qu", "r", "s", "sh", "st", "t", "th", "tr", "v", "w"]  # fmt: skip
NUCLEI = ["a", "e", "i", "o", "u", "ai", "ea", "ou"]
CODAS = ["", "ck", "l", "m", "n", "nd", "r", "rt", "s", "st", "t"]
SYLLABLES = ["".join(parts) for parts in product(ONSETS, NUCLEI, CODAS)]
WORDS = 30_000


def vocabulary() -> list[str]:
    """Words that can be pronounced, one to three syllables each; always the same ones."""
    chance = random.Random("words")
    words = dict.fromkeys("".join(chance.choices(SYLLABLES, k=chance.randint(1, 3))) for _ in range(2 * WORDS))
    return list(words)[:WORDS]
