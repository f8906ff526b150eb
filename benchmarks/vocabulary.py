"""The vocabulary of the generated titles."""

import random
from itertools import product

# Enough different syllables that few words share a trigram, as in a language
ONSETS = ["b", "bl", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl",
          "pr", "qu", "r", "s", "sh", "st", "t", "th", "tr", "v", "w"]  # fmt: skip
NUCLEI = ["a", "e", "i", "o", "u", "ai", "ea", "ou"]
CODAS = ["", "ck", "l", "m", "n", "nd", "r", "rt", "s", "st", "t"]
SYLLABLES = ["".join(parts) for parts in product(ONSETS, NUCLEI, CODAS)]
WORDS = 30_000


def generate_vocabulary() -> list[str]:
    """Always the same pronounceable words of one to three syllables."""
    random_source = random.Random("words")
    lengths = (random_source.randint(1, 3) for _ in range(2 * WORDS))
    words = dict.fromkeys("".join(random_source.choices(SYLLABLES, k=length)) for length in lengths)
    return list(words)[:WORDS]
