"""Readers who read different sentences beside readers who read all: ``python -m benchmarks.incomplete``.

300 readers of a text of 592 sentences, four times the published one, on a layer of 32 heads: in the complete design all
of them read all 20 articles, in the incomplete one five readers each read one of 60 sets of five articles, which is the
size of the published study. Ours is human resemblance (in-sample, adjusted, cross-validated) and the ceilings of
the group; beside it is the loop that a user would write, one fit of each set's own cells. One thread, random data.
"""

import numpy as np
from threadpoolctl import threadpool_limits

from analytics._stats.least_squares import fit
from analytics.human_resemblance import human_resemblance
from analytics.noise_ceiling import noise_ceiling
from benchmarks.made import articles
from benchmarks.measuring import alternated, asked_scale, found, report

READERS, SETS, HEADS, TEXTS, TURNS = 300, 60, 32, 4, 5


class Layer:
    """Attention, readers and the sentences of cells; with sets, nan where a reader did not read."""

    def __init__(self, sets: int) -> None:
        rng = np.random.default_rng(0)
        texts = [article for copy in range(TEXTS) for article in articles(copy)]
        words = [len(text.split()) for article in texts for text in article.values()]
        size = [n * (n + 1) // 2 for n in words]
        self.sentence = np.repeat(np.arange(len(words)), size)
        of_sentence = np.repeat(np.arange(len(texts)), list(map(len, texts)))
        self.article = np.repeat(of_sentence, size)
        self.heads = rng.random((len(self.sentence), HEADS)) ** 4
        counts = rng.poisson(0.1, (len(self.sentence), READERS)).astype(float)
        articles_read = rng.permuted(np.arange(len(texts))[:, None] % TEXTS == np.zeros(max(sets, 1)), axis=0)
        read = articles_read[of_sentence] if sets else np.ones((len(words), 1), dtype=bool)
        self.read = read[:, np.arange(READERS) % read.shape[1]]
        self.readers = np.where(self.read[self.sentence], counts, np.nan)

    def resemblance(self) -> dict[str, np.ndarray]:
        return human_resemblance(self.heads, self.readers, self.article, self.sentence)  # type: ignore[return-value]

    def ceilings(self) -> object:
        return noise_ceiling(self.readers, self.sentence)

    def by_a_loop(self) -> np.ndarray:
        """R2 of every reader, set by set from the set's own cells."""
        r2 = np.full(READERS, np.nan)
        for one in range(SETS):
            cells = self.read[self.sentence, one]
            of_set = np.arange(one, READERS, SETS)
            r2[of_set] = fit(self.heads[cells], self.readers[np.ix_(cells, of_set)], self.article[cells]).r2
        return r2


def main() -> None:
    asked_scale(__doc__)  # one layer at any scale
    complete, incomplete = Layer(0), Layer(SETS)
    np.testing.assert_allclose(incomplete.resemblance()["r2"], incomplete.by_a_loop(), atol=1e-12)
    ways = {
        "complete": complete.resemblance, "incomplete": incomplete.resemblance, "loop": incomplete.by_a_loop,
        "ceilings, complete": complete.ceilings, "ceilings, incomplete": incomplete.ceilings,
    }  # fmt: skip
    with threadpool_limits(1, "blas"):
        timing = alternated(ways, TURNS)
    findings = [
        found(f"{SETS} sets: times a complete design", timing["incomplete"].over(timing["complete"]), 3, at_most=True),
        found(f"{SETS} sets: times a loop of fits by set", timing["incomplete"].over(timing["loop"])),
        found("ceilings: times a complete design", timing["ceilings, incomplete"].over(timing["ceilings, complete"])),
    ]
    report("incomplete", findings, {"readers": READERS, "sets": SETS, "heads": HEADS, "seconds": timing})


if __name__ == "__main__":
    main()
