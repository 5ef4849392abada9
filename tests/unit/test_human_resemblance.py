"""The analysis hands the layer, the readers and the articles to one fit, and fills its table."""

import subprocess
import sys

import numpy as np
import pytest

from analytics._stats.least_squares import fit
from analytics.human_resemblance import human_resemblance
from warehouse.errors import BadInput
from warehouse.plugin.registry import analyses


def layer_and_readers(seed=0):
    """Readers of whom each follows one head; the first looks just where head 0 does."""
    rng = np.random.default_rng(seed)
    heads = rng.dirichlet([0.3] * 5, 400)[:, :4]
    readers = heads @ np.eye(4)[:, :3] + rng.normal(0, [0, 0.3, 3], (400, 3))
    return heads, readers, np.arange(400) // 80


def test_the_scores_are_those_of_the_fit():
    heads, readers, article = layer_and_readers()
    found, expected = human_resemblance(heads, readers, article), fit(heads, readers, article)
    for name in ("r2", "adjusted_r2", "cv_r2"):
        np.testing.assert_array_equal(found[name], getattr(expected, name))


def test_a_planted_reader_is_found_again():
    r2 = human_resemblance(*layer_and_readers())["r2"]
    assert r2[0] == pytest.approx(1, abs=1e-12)
    assert r2[1] > 0.2
    assert r2[2] < 0.05


def test_facts_of_the_layer_are_repeated_for_every_reader():
    heads, readers, article = layer_and_readers()
    found = human_resemblance(np.column_stack([heads, heads[:, 0]]), readers, article)
    for name, value in {"rank": 4, "cell_count": 400, "predictor_count": 5}.items():
        np.testing.assert_array_equal(found[name], [value] * 3, err_msg=name)


def test_more_heads_than_cells_are_refused():
    heads, readers, article = layer_and_readers()
    with pytest.raises(BadInput, match="too few for 4 predictors"):
        human_resemblance(heads[:5], readers[:5], article[:5])


def test_its_columns_are_those_of_its_table():
    declared = analyses()["human_resemblance"]
    columns = set(human_resemblance(*layer_and_readers()))
    assert columns | set(declared.unit) | {"run_id", "unit_id", declared.per} == set(declared.writes[0].c.keys()) | {
        "language_group"  # the reader's own: it follows from subject_id
    }


def test_its_ceilings_are_computed_first():
    assert analyses()["human_resemblance"].after == ("noise_ceiling",)


def test_declaring_the_analyses_loads_no_heavy_library():
    heavy = "{'scipy', 'sklearn', 'torch', 'pandas'} & set(sys.modules)"
    code = f"import sys, analytics.human_resemblance, analytics.noise_ceiling; sys.exit(str({heavy} or ''))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == ""


def test_a_layer_is_fitted_without_scipy_whose_import_takes_longer_than_a_model():
    code = (
        "import sys, numpy as np\nfrom analytics._stats.least_squares import fit\nrng = np.random.default_rng(1)\n"
        "fit(rng.normal(size=(60, 3)), rng.normal(size=(60, 2)), np.arange(60) % 3)\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "scipy" not in done.stdout.split()
