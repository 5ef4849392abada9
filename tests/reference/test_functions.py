"""The functions of `fn` that people call, beside their twins in plain Python, on random values."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from math import isclose, log
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.conftest import cloned
from warehouse.database.server import EmbeddedServer

WEIGHT = st.floats(0, 1, width=32, allow_subnormal=False)
ROW = st.lists(WEIGHT, min_size=1, max_size=16)
TWO_ROWS = st.integers(1, 16).flatmap(lambda n: st.tuples(*[st.lists(WEIGHT, min_size=n, max_size=n)] * 2))
MATRIX = st.integers(1, 8).flatmap(lambda n: st.lists(st.lists(WEIGHT, min_size=n, max_size=n), min_size=n, max_size=n))
WHOLE = st.integers(-9, 9)
tried = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def ask(cluster: EmbeddedServer, template: str) -> Iterator[Any]:
    """Asks the database for one value."""
    with cloned(cluster, template) as database, database.connect(autocommit=True) as connection:
        yield lambda question, *values: connection.execute(f"SELECT {question}", values).fetchone()[0]


def normalised(weights: Sequence[float]) -> list[float] | None:
    total = sum(weights)
    return [weight / total for weight in weights] if total else None


def kullback_leibler(p: Sequence[float], q: Sequence[float]) -> float:
    return sum(a * log(a / b) for a, b in zip(p, q, strict=True) if a > 0)


def js_divergence(p: Sequence[float], q: Sequence[float]) -> float | None:
    left, right = normalised(p), normalised(q)
    if left is None or right is None:
        return None
    middle = [(a + b) / 2 for a, b in zip(left, right, strict=True)]
    return (kullback_leibler(left, middle) + kullback_leibler(right, middle)) / 2


def lower_triangle(matrix: Sequence[Sequence[float]]) -> list[float]:
    return [matrix[i][j] for i in range(len(matrix)) for j in range(i + 1)]


def r2(y: Sequence[int], x: Sequence[Sequence[int]]) -> Fraction | None:
    """Explained share of variance in exact arithmetic: columns are made orthogonal one by one (Gram-Schmidt)."""
    residual = centred(y)
    total = dot(residual, residual)
    basis: list[list[Fraction]] = []
    for column in zip(*x, strict=True):
        own = reduce(without, basis, centred(column))
        if any(own):
            basis.append(own)
            residual = without(residual, own)
    return 1 - dot(residual, residual) / total if total else None


def centred(values: Sequence[int]) -> list[Fraction]:
    mean = Fraction(sum(values), len(values))
    return [value - mean for value in values]


def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((i * j for i, j in zip(a, b, strict=True)), Fraction(0))


def without(a: Sequence[Fraction], b: Sequence[Fraction]) -> list[Fraction]:
    share = dot(a, b) / dot(b, b)
    return [i - share * j for i, j in zip(a, b, strict=True)]


def close(found: float | None, wanted: float | Fraction | None) -> bool:
    return found is wanted if wanted is None or found is None else isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)


@tried
@given(weights=ROW)
def test_normalised_is_its_twin_and_adds_up_to_1(ask, weights):
    found, wanted = ask("fn.normalised(%s::double precision[])", weights), normalised(weights)
    assert found is wanted is None or all(map(close, found, wanted))
    assert found is None or isclose(sum(found), 1)


@tried
@given(rows=TWO_ROWS)
def test_js_divergence_is_its_twin_symmetric_and_at_most_ln_2(ask, rows):
    question = "fn.js_divergence(%s::real[], %s::real[])"
    found = ask(question, *rows)
    assert close(found, js_divergence(*rows))
    assert close(found, ask(question, *reversed(rows)))
    assert found is None or 0 <= found <= log(2) + 1e-12


@tried
@given(weights=ROW, factor=st.sampled_from([0.25, 2, 1024]))
def test_js_divergence_of_a_row_from_its_multiple_is_0(ask, weights, factor):
    assume(any(weights))
    multiple = [factor * weight for weight in weights]
    assert ask("fn.js_divergence(%s::double precision[], %s::double precision[])", weights, multiple) < 1e-15


@tried
@given(matrix=MATRIX)
def test_lower_triangle_is_its_twin(ask, matrix):
    assert ask("fn.lower_triangle(%s::double precision[])", matrix) == lower_triangle(matrix)


@tried
@given(data=st.data(), count=st.integers(1, 12), width=st.integers(1, 4))
def test_r2_is_its_twin_in_exact_arithmetic(ask, data, count, width):
    y = data.draw(st.lists(WHOLE, min_size=count, max_size=count))
    x = data.draw(st.lists(st.lists(WHOLE, min_size=width, max_size=width), min_size=count, max_size=count))
    assert close(ask("fn.r2(%s::double precision[], %s::double precision[])", y, x), r2(y, x))


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        pytest.param("fn.js_divergence('{1,0}', '{0,2}') = ln(2.0::double precision)", True, id="rows that never meet"),
        pytest.param("fn.js_divergence('{0,0}', '{0,2}')", None, id="a row of nothing"),
        pytest.param("fn.js_divergence('{1,NULL}', '{0,2}')", None, id="a missing weight"),
        pytest.param("fn.normalised('{1,NULL}')", None, id="a missing weight to normalise"),
        pytest.param("fn.normalised('{}')", None, id="no weights"),
        pytest.param("fn.r2('{1,2,4}', '{1,2,3}') - regr_r2(y, x) FROM unnest('{1,2,4}'::float[], '{1,2,3}'::float[]) "
                     "AS point (y, x)", 0.0, id="one column is regr_r2"),
        pytest.param("fn.r2('{1,2,4,9}', '{{1,2},{2,4},{4,8},{NULL,1}}')", 1.0, id="dependent columns, a gap"),
        pytest.param("fn.r2('{3,3,3}', '{1,2,3}')", None, id="y does not vary"),
        pytest.param("fn.r2('{1,2,4}', '{5,5,5}')", 0.0, id="x does not vary"),
    ],
)  # fmt: skip
def test_at_the_edges(ask, question: str, wanted: object):
    assert ask(question) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("fn.js_divergence('{1}', '{1,2}')", "different length, 1 and 2: compare the same words"),
        ("fn.js_divergence('{1,-1}', '{1,2}')", "negative weights have no divergence"),
        ("fn.lower_triangle('{1,2}')", r"not a square matrix but \[1:2\]"),
        ("fn.lower_triangle('{{1,2}}')", r"not a square matrix but \[1:1\]\[1:2\]"),
        ("fn.r2('{1,2}', '{1}')", "y has 2 rows, x has 1"),
    ],
)
def test_what_cannot_be_meant_is_an_error(ask, question: str, said: str):
    with pytest.raises(psycopg.errors.RaiseException, match=said):
        ask(question)


def test_the_comment_of_each_function_gives_the_formula_and_who_made_it(ask):
    for name in ("normalised", "js_divergence", "lower_triangle", "r2"):
        comment = ask("obj_description(%s::regproc)", f"fn.{name}")
        assert "Source: " in comment and "e.g. SELECT" in comment, name


def test_every_number_of_half_precision_is_read_as_it_is(ask: Any):
    halves = np.arange(0x7C00, dtype=">u2").view(">f2")
    for question in (
        "fn.single_weights(%s)",
        "array_agg(fn.half_weight(%s, head) ORDER BY head) FROM generate_series(0, 31743) AS head",
    ):
        np.testing.assert_array_equal(np.float32(ask(question, halves.tobytes())), halves)
    assert ask("fn.single_weights(NULL)") is ask("fn.half_weight(NULL, 0)") is None
