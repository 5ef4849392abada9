"""Do the words that fixations name agree with the text? A text that is out of step damages everything in silence."""

import re
from collections import Counter
from collections.abc import Sequence
from unicodedata import normalize

import numpy as np

from ingest.fixations.text import Text
from warehouse import logs
from warehouse.errors import BadInput

MOST = 0.05
"""Share of fixations whose words may differ: more is another text."""
SHIFTS = (-1, 1, -2, 2, -3, 3)


class Agreement:
    """Counts, page by page, fixations whose word differs from the text, and those that would fit a shifted one."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._words = [_bare(word.text) for word in text.words]
        self._same: dict[tuple[int, str], bool] = {}
        self._compared: Counter[int] = Counter()
        self._differs: Counter[int] = Counter()
        self._fits: Counter[tuple[int, int]] = Counter()
        self._first: dict[int, tuple[str, str]] = {}

    def compare(self, words: np.ndarray, said: Sequence[str]) -> None:
        """Compare some fixations.

        Parameters
        ----------
        words : ndarray (n,) of int64
            The place of each word in the text; negative on no word.
        said : sequence of str
            The word as the fixation names it; empty where it does not.
        """
        pages = self._text.page_of_word
        for (word, name), count in Counter(zip(words.tolist(), said, strict=True)).items():
            if word < 0 or not (bare := _bare(name)):
                continue
            page = int(pages[word])
            self._compared[page] += count
            if bare != self._words[word]:
                self._differs[page] += count
                self._first.setdefault(page, (name.strip(), self._text.words[word].text))
                for shift in SHIFTS:
                    place = word + shift
                    if 0 <= place < len(pages) and pages[place] == page and self._words[place] == bare:
                        self._fits[page, shift] += count

    def refuse_what_differs(self) -> None:
        """Refuse a text that is another one, or out of step with what fixations name.

        Raises
        ------
        BadInput
            Naming the first page where most words differ, and the shift that would make them fit.
        """
        differing = self._differs.total()
        for page, count in sorted(self._differs.items()):
            if 2 * count > self._compared[page]:
                raise self._is_another(page, count)
        if differing > MOST * self._compared.total():
            page = self._differs.most_common(1)[0][0]
            raise self._is_another(page, self._differs[page])
        if differing:
            said, written = next(iter(self._first.values()))
            logs.remark(
                f"{differing:,} of {self._compared.total():,} fixations name a word otherwise than the text, the first "
                f"{said[:60]!r} where it has {written[:60]!r}."
            )

    def _is_another(self, page: int, count: int) -> BadInput:
        said, written = self._first[page]
        name = list(self._text.pages)[page]
        shift = max(SHIFTS, key=lambda one: self._fits[page, one])
        if 2 * self._fits[page, shift] > count:
            by = {1: "one word", 2: "two words", 3: "three words"}[abs(shift)]
            what = f"the words of page {name} are shifted by {by.split()[0]}: fixations on {written!r} name {said!r}"
            remedy = f"the numbers count {by} too {'low' if shift > 0 else 'high'}: correct base in [word], or the text"
            return BadInput(what, "the words file", remedy)
        compared = self._compared[page]
        what = (
            f"{count:,} of {compared:,} fixations on page {name} name another word, the first {said!r} for {written!r}"
        )
        return BadInput(what, "the words file", "give the words file that belongs to these fixations")


def _bare(word: str) -> str:
    """Write a word without what programs change in it: quotes, punctuation at its ends, case, forms of letters."""
    folded = normalize("NFKC", word).casefold()
    return re.sub(r"^\W+|\W+$", "", folded) or folded.strip()
