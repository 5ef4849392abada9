"""How frequent words are in a language at large, from the package wordfreq."""

import string
from collections.abc import Callable

import numpy as np

from ingest.features.columns import PLACES, Features
from warehouse.errors import BadInput
from warehouse.load.stored import Stimulus

LEAST = -9.0
"""Base-10 logarithm of the frequency that a word without an entry is given: one in a billion, the list's floor."""
AROUND = string.punctuation + "“”‘’…–—«»¿¡"


def log10_frequencies(stimulus: Stimulus, language: str) -> Features:
    """Look up every word of a corpus, without the punctuation around it.

    Raises
    ------
    BadInput
        The package is not installed, or has no list of the language.
    """
    zipf = _zipf(language)
    rows = [(row, place, word) for row, words in enumerate(stimulus.words) for place, word in enumerate(words)]
    values = np.array([max(zipf(word.strip(AROUND)) - 9, LEAST) for _, _, word in rows])
    where = np.array([(row, place) for row, place, _ in rows])
    return Features(stimulus, PLACES[0], f"wordfreq, {language}", where, {"log10_frequency": values})


def _zipf(language: str) -> Callable[[str], float]:
    """Give the function from a word to its frequency on the Zipf scale, log10 of occurrences in a billion words."""
    try:
        import wordfreq
    except ModuleNotFoundError as error:
        remedy = "install it with pip install 'attention-warehouse[baselines]'"
        raise BadInput("the package wordfreq is not installed", "word-frequency", remedy) from error
    if language not in wordfreq.available_languages():
        known = ", ".join(sorted(wordfreq.available_languages()))
        raise BadInput("wordfreq has no list of this language", f"--language {language}", f"choose of {known}")
    return lambda word: float(wordfreq.zipf_frequency(word, language))
