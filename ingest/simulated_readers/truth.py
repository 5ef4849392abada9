"""What is planted in the simulated study, and what an analysis of it must therefore find.

1. Every word but the first of a sentence has a governor, an earlier word it prefers to look back at: a verb its
   subject, an object its verb. Readers follow this preference when they look back; heads of models attend to it.
2. L2 readers look back more often and follow the preference more closely than L1 readers, who also share looks at
   the longest word so far, which no model attends to: the ceilings of L2 lie above those of L1, and every model
   resembles L2 more than L1, by R2 and by its ratio to the group-mean ceiling. (Not by the ratio to the leave-one-out
   ceiling, which a dozen readers who look back seldom set too low.)
3. One layer of each model has the least noise, at two thirds of its depth: its best layer.
4. The larger a model, the less noise in its heads: `BY_RESEMBLANCE` is the order of the models, and it must also hold
   for adjusted and cross-validated R2, which the number of heads does not raise.
5. Besides, readers and heads follow trivial patterns: the first word, the previous word, the word itself.
6. Two models, loaded on request, plant what attention explains beyond position. In `simulated-position` every word
   divides its attention between the first word and itself by lot: beyond a set of predictors that has these positions
   it explains nothing, 0. `simulated-content` gives a fixed share to the governor besides: beyond the same set it
   explains what the governors do.
7. One reader of L1 looks anywhere and is excluded with that reason: results must not count them.
"""

from dataclasses import dataclass

CORPUS = "simulated"
LICENCE, CITATION = "CC0-1.0", "Made by this project: no reader read it"
VERSION = 1
"""Part of every digest: raised when the study changes."""

ARTICLES, SENTENCES_PER_ARTICLE = 5, 8


@dataclass(frozen=True)
class Group:
    """How the readers of a group read; each reader differs from it by up to a fifth.

    Attributes
    ----------
    language_group : str
    regression : float
        Chance that a fixation is followed by a look back.
    preference : float
        Share of the looks back that follow the planted preference.
    landmark : float
        Share of the other looks back that go to the longest word so far.
    duration_ms : int
        Typical duration of a fixation [ms].
    """

    language_group: str
    regression: float
    preference: float
    landmark: float
    duration_ms: int


@dataclass(frozen=True)
class Model:
    """A simulated language model.

    Attributes
    ----------
    name : str
    parameter_count, layer_count, head_count : int
    noise : float
        Standard deviation of what is added to the logits of the heads of its best layer; the governor has `GAIN`.
    base_model : str or None
        What it was tuned from.
    content : float or None
        Share of attention that goes to governors where the rest is divided by lot; None where logits decide.
    """

    name: str
    parameter_count: int
    layer_count: int
    head_count: int
    noise: float
    base_model: str | None = None
    content: float | None = None

    @property
    def best_layer(self) -> int:
        """The layer with the least noise, counted from 0."""
        return round(2 * (self.layer_count - 1) / 3)

    def noise_of(self, layer: int) -> float:
        """Give the noise of a layer: three quarters more for each step from the best one."""
        return self.noise * (1 + 0.75 * abs(layer - self.best_layer))


L1 = Group("L1", regression=0.4, preference=0.45, landmark=0.7, duration_ms=210)
L2 = Group("L2", regression=0.5, preference=0.8, landmark=0.0, duration_ms=260)
GROUPS = (L1, L2)
EXCLUDED = ("L1", "sim-01")
EXCLUDED_BECAUSE = "looked anywhere instead of reading (planted)"

GAIN = 2.5
"""Logit of the governor in every head."""

MODELS = (
    Model("simulated-small", 1_000_000, layer_count=4, head_count=4, noise=4.0),
    Model("simulated-medium", 10_000_000, layer_count=6, head_count=6, noise=2.5),
    Model("simulated-large", 100_000_000, layer_count=8, head_count=8, noise=1.7),
    Model("simulated-medium-tuned", 10_000_000, 6, 6, noise=3.2, base_model="simulated-medium"),
)
POSITION = Model("simulated-position", 10_000_000, layer_count=1, head_count=4, noise=0.0, content=0.0)
CONTENT = Model("simulated-content", 10_000_000, layer_count=1, head_count=4, noise=0.0, content=0.6)
PLANTED = (POSITION, CONTENT)
BY_RESEMBLANCE = ("simulated-small", "simulated-medium-tuned", "simulated-medium", "simulated-large")
"""From the least to the most like readers."""
