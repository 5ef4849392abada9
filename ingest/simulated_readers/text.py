"""A text of five to fourteen words a sentence, from a tiny grammar that knows who governs whom."""

from dataclasses import dataclass, field

import numpy as np

from ingest.simulated_readers.truth import ARTICLES, SENTENCES_PER_ARTICLE

DETERMINERS = ("the", "a", "this", "every")
ADJECTIVES = ("old", "quiet", "red", "clever", "heavy", "small", "bright")
NOUNS = ("teacher", "sailor", "lamp", "river", "garden", "letter", "horse", "window")
VERBS = ("carries", "finds", "paints", "follows", "forgets", "repairs")
PREPOSITIONS = ("near", "behind", "without", "across")
ADVERBS = ("today", "slowly", "again", "often")


@dataclass
class SimulatedSentence:
    """A sentence in the making.

    Attributes
    ----------
    words : list of str
    governor : list of int, (n_words,)
        The word that each word prefers to look back at; the first has itself.
    """

    words: list[str] = field(default_factory=list)
    governor: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The sentence as written."""
        return " ".join(self.words).capitalize() + "."

    @property
    def landmark(self) -> list[int]:
        """The longest word so far, the first of several, seen from each word, (n_words,)."""
        lengths = [len(word) for word in self.words]
        return [int(np.argmax(lengths[: position + 1])) for position in range(len(lengths))]

    def add(self, rng: np.random.Generator, choices: tuple[str, ...], governor: int | None = None) -> int:
        """Append one of some words, by default governed by itself, and give its position."""
        position = len(self.words)
        self.words.append(choices[int(rng.integers(len(choices)))])
        self.governor.append(position if governor is None else governor)
        return position

    def add_noun_phrase(self, rng: np.random.Generator, governor: int | None, adjectives: int) -> int:
        """Append determiner, adjectives and noun; the noun looks back at the governor, or at its determiner."""
        determiner = self.add(rng, DETERMINERS, governor)
        for _ in range(adjectives):
            self.add(rng, ADJECTIVES, determiner)
        return self.add(rng, NOUNS, determiner if governor is None else governor)


def write_sentence(rng: np.random.Generator) -> SimulatedSentence:
    """Write subject, verb and object, and by chance a prepositional phrase and an adverb: 5 to 14 words."""
    sentence = SimulatedSentence()
    subject = sentence.add_noun_phrase(rng, None, adjectives=int(rng.integers(3)))
    verb = sentence.add(rng, VERBS, subject)
    sentence.add_noun_phrase(rng, verb, adjectives=int(rng.integers(3)))
    if rng.integers(2):
        preposition = sentence.add(rng, PREPOSITIONS, verb)
        sentence.add_noun_phrase(rng, preposition, adjectives=int(rng.integers(2)))
    if rng.integers(2):
        sentence.add(rng, ADVERBS, verb)
    return sentence


def write_text(seed: int) -> dict[str, SimulatedSentence]:
    """Write all sentences by label: ``s.02.05`` is the fifth of the second article."""
    rng = np.random.default_rng([seed, 0])
    places = [(a, s) for a in range(ARTICLES) for s in range(SENTENCES_PER_ARTICLE)]
    return {f"s.{a + 1:02}.{s + 1:02}": write_sentence(rng) for a, s in places}
