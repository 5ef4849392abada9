"""A corpus that comes in many blocks has the plan and the numbers of the same corpus in one."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from psycopg.rows import dict_row, tuple_row

from warehouse import pipeline
from warehouse.compute.plan import make_plan
from warehouse.database.connection import Database
from warehouse.plugin.columns import Column, together
from warehouse.plugin.registry import analysis_named
from warehouse.progress import Progress
from warehouse.slices import Slices, cells

ANALYSES = ("noise_ceiling", "human_resemblance", "trivial_reliance", "reader_reliance", "attention_divergence")


def pulled(study: Database, name: str, leave_out: tuple[str, ...]) -> dict[str, object]:
    """The plan's digests and the columns of each unit, blocks put together."""
    analysis = analysis_named(name)
    with study.connect(autocommit=True, read_only=True) as connection, ThreadPoolExecutor(1) as pool:
        slices = Slices(connection, leave_out)
        found: dict[str, object] = {}
        for unit in make_plan(slices, analysis, {"quantity": ["saccade_count"]}, {}).units:
            columns = pool.submit(slices.columns, analysis.reads, [unit.work], pool).result()
            over_cells = [column for column in columns if isinstance(column, Column)]
            blocks = list(together(*over_cells))
            found[unit.key] = unit.inputs, len(blocks), [np.concatenate(each) for each in zip(*blocks, strict=True)]
    return found


@pytest.mark.parametrize("left_out", [0, 2], ids=["all sentences", "without two"])
@pytest.mark.parametrize("name", ANALYSES)
def test_many_blocks_hold_the_cells_and_the_digests_of_one(study, monkeypatch, name, left_out):
    labels = _ask(study, "SELECT sentence_label FROM slice.sentence ORDER BY sentence_id LIMIT %s", given=[left_out])
    leave_out = tuple(label for (label,) in labels)
    whole = pulled(study, name, leave_out)
    monkeypatch.setattr(cells, "BLOCK_CELLS", 500)
    parts = pulled(study, name, leave_out)
    assert whole.keys() == parts.keys() and whole
    for key, (inputs, _, arrays) in whole.items():
        part_inputs, n_blocks, part_arrays = parts[key]
        assert part_inputs == inputs
        assert n_blocks > 3
        for each, array, part_array in zip(analysis_named(name).reads, arrays, part_arrays, strict=False):
            seen = begins if each == "word_row" else np.asarray  # words are counted anew in each block
            np.testing.assert_array_equal(seen(part_array), seen(array))


def begins(word_row: np.ndarray) -> np.ndarray:
    return np.diff(word_row, prepend=-1) != 0


def test_the_whole_is_the_same_however_it_came(study, monkeypatch):
    (work,) = _ask(study, "SELECT * FROM slice.extraction_layer ORDER BY extraction_id, layer LIMIT 1", dict_row)
    found = []
    for size in (cells.BLOCK_CELLS, 300):
        monkeypatch.setattr(cells, "BLOCK_CELLS", size)
        with study.connect(autocommit=True, read_only=True) as connection:
            found.append(Slices(connection).arrays(["layer"], work)[0])
    np.testing.assert_array_equal(*found)


def test_a_study_in_blocks_has_the_results_of_the_whole(study, monkeypatch):
    before = _ask(study, _RESULTS)
    with study.connect(autocommit=True) as connection:
        connection.execute("UPDATE ops.unit SET unit_state = 'superseded'")
        connection.execute("UPDATE ops.run SET parameters = parameters || jsonb_build_object('turn', 1)")
    monkeypatch.setattr(cells, "BLOCK_CELLS", 400)
    choice = {"quantity": ["saccade_count"], "saccade_rule": ["consecutive"]}
    pipeline.compute(study, "human_resemblance", choice, progress=Progress(quiet=True))
    after = _ask(study, _RESULTS)
    assert len(after) == len(before) > 0
    for old, new in zip(before, after, strict=True):
        assert new == pytest.approx(old, rel=1e-11)


def test_a_sentence_longer_than_a_block_is_cut_nowhere(monkeypatch):
    monkeypatch.setattr(cells, "BLOCK_CELLS", 10)
    words = np.array([3, 40, 3, 2, 3])
    counts = words * (words + 1) // 2
    first = np.cumsum(counts) - counts
    corpus = cells.Sentences(np.arange(5), np.zeros(5), words, first, np.array(list("abcde")))
    cut = list(cells.blocks(corpus))
    assert [row for rows in cut for row in range(5)[rows]] == [0, 1, 2, 3, 4]
    assert slice(1, 2) in cut
    part = corpus.part(slice(1, 3))
    assert (part.first_cell.tolist(), part.ids, part.is_whole) == ([0, 820], (1, 2), False)
    assert corpus.part(slice(0, 5)).is_whole


def _ask(study, question, row_factory=tuple_row, given=()):
    with study.connect(autocommit=True, read_only=True) as connection:
        return connection.cursor(row_factory=row_factory).execute(question, given).fetchall()


_RESULTS = """
SELECT layer, subject_id, r2, adjusted_r2, cv_r2, condition_number, cell_count
FROM current.human_resemblance ORDER BY extraction_id, layer, measure_id, subject_id
"""
