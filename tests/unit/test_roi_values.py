"""What the region source yields from small pickles made here."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.reading_brain import roi_values
from ingest.reading_brain.regions import fault
from warehouse.errors import BadInput
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Rejection, Unit

SIZES = [[3, 2], [4]]
SUBJECTS = {"sub-01": 11, "sub-02": 12, "sub-03": 13}


class Loaded:
    """A warehouse that holds three sentences in two articles and the readers of one group."""

    def __init__(self, subjects: dict[str, int]) -> None:
        self._subjects = subjects

    def stimulus(self, corpus: str) -> Stimulus:
        counts = [n for article in SIZES for n in article]
        return Stimulus(
            corpus_id=1,
            corpus=corpus,
            sentence_id=np.array([21, 22, 23]),
            article=np.array([0, 0, 1]),
            position=np.array([0, 1, 0]),
            label=("t.01.01", "t.01.02", "t.02.01"),
            text=tuple("w " * n for n in counts),
            words=tuple(("w",) * n for n in counts),
        )

    def subjects(self, _corpus: str, _group: str) -> dict[str, int]:
        return self._subjects


def record(value: float = 0.0) -> list[list[list[list[float]]]]:
    """One reader's matrices, all zero apart from the cell (1, 0) of every sentence."""
    return [[[[value if cell == (i, 0) == (1, 0) else 0.0 for cell in ((i, j) for j in range(n))] for i in range(n)]
             for n in article] for article in SIZES]  # fmt: skip


def load(directory: Path, *records: Any, group: str = "L1", subjects: dict[str, int] | None = None) -> list[Unit]:
    path = directory / "region.pkl"
    path.write_bytes(pickle.dumps(list(records), 4))
    stored: Any = Loaded(SUBJECTS if subjects is None else subjects)
    return list(roi_values(path, region="angular", group=group, stored=stored))


def drive(unit: Unit) -> tuple[dict[str, dict[str, list[Any]]], list[Rejection]]:
    tables, rejections, rows, ids = {}, [], unit.rows(), None
    try:
        while True:
            item = rows.send(ids)
            ids = None
            if isinstance(item, Rejection):
                rejections.append(item)
            else:
                table, columns = item
                assert set(columns) <= set(table.c.keys())
                tables[table.fullname] = {name: list(values) for name, values in columns.items()}
                ids = list(range(5, 5 + len(next(iter(columns.values())))))
    except StopIteration:
        return tables, rejections


def test_each_reader_is_a_unit_in_the_order_of_the_labels(tmp_path: Path) -> None:
    units = load(tmp_path, record(1.0), record(2.0), record(3.0))
    assert [unit.key for unit in units] == [f"reading_brain/angular/L1/sub-0{n}" for n in (1, 2, 3)]
    assert [drive(unit)[0]["human.roi_value"]["subject_id"] for unit in units] == [[11] * 3, [12] * 3, [13] * 3]
    assert len({unit.digest for unit in units}) == 3


def test_cells_other_than_0_are_kept_as_they_are(tmp_path: Path) -> None:
    one = record()
    one[0][0][2][1], one[1][0][0][3] = -0.1, 1e-300
    tables, rejections = drive(load(tmp_path, one, record(), record())[0])
    values = tables["human.roi_value"]
    assert values["sentence_id"] == [21, 23]
    assert values["from_word"] == [2, 0]
    assert values["to_word"] == [1, 3]
    assert values["roi_value"] == [-0.1, 1e-300]
    assert values["region_id"] == [5, 5]
    assert rejections == []


def test_a_sentence_without_activation_is_covered_nevertheless(tmp_path: Path) -> None:
    one = record()
    one[0][0][2][1] = 0.5
    coverage = drive(load(tmp_path, one, record(), record())[0])[0]["human.roi_coverage"]
    assert coverage == {"subject_id": [11] * 3, "region_id": [5] * 3, "sentence_id": [21, 22, 23]}


def test_the_region_becomes_a_measure(tmp_path: Path) -> None:
    measure = drive(load(tmp_path, record(), record(), record())[0])[0]["human.measure"]
    assert measure["measure"] == ["roi_value/angular"]
    assert measure["quantity"] == ["roi_value"]
    assert measure["region_id"] == [5]


def test_matrices_of_numpy_are_as_good_as_lists(tmp_path: Path) -> None:
    arrays = [[np.array(matrix) for matrix in article] for article in record(2.5)]
    tables, _ = drive(load(tmp_path, arrays, record(), record())[0])
    assert tables["human.roi_value"]["roi_value"] == [2.5, 2.5, 2.5]


def test_a_matrix_of_another_size_is_rejected_and_never_padded(tmp_path: Path) -> None:
    one = record(1.0)
    one[0][1] = np.ones((4, 4)).tolist()
    tables, rejections = drive(load(tmp_path, one, record(), record())[0])
    assert rejections == [
        Rejection("L1/sub-01, sentence t.01.02", "the matrix is 4 x 4 where the sentence has 2 words")
    ]
    assert tables["human.roi_coverage"]["sentence_id"] == [21, 23]
    assert tables["human.roi_value"]["sentence_id"] == [21, 23]


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        pytest.param([[1.0, 2.0], [3.0]], "it has 2 rows of 1, 2 values: it is not square", id="ragged"),
        pytest.param([[1.0, float("nan")], [0, 0]], "it holds values that are not finite numbers", id="nan"),
        pytest.param([[1.0, "2"], [0, 0]], "it holds values that are not finite numbers", id="text"),
        pytest.param([[1.0, [2.0]], [0, 0]], "it holds values that are not finite numbers", id="nested"),
        pytest.param([1.0, 2.0], "it is not a matrix", id="vector"),
        pytest.param(None, "it is not a matrix", id="nothing"),
        pytest.param(np.array(1.0), "it is not a matrix", id="no axis"),
        pytest.param([], "the matrix is 0 x 0 where the sentence has 2 words", id="empty"),
        pytest.param([[1.0, 0], [2, -3.5]], "", id="as it should be"),
    ],
)
def test_what_keeps_a_matrix_from_being_loaded_is_told(matrix: Any, reason: str) -> None:
    assert fault(matrix, 2) == reason


def test_an_empty_record_leaves_the_reader_out_of_the_region(tmp_path: Path) -> None:
    tables, _ = drive(load(tmp_path, record(1.0), [[], []], record(1.0))[1])
    assert "human.roi_coverage" not in tables
    assert tables["human.exclusion"]["subject_id"] == [12]
    assert tables["human.exclusion"]["region_id"] == [5]
    assert tables["human.exclusion"]["excluded_because"] == ["record 1 of region.pkl is empty"]


def test_the_reader_whom_the_published_files_skip_is_skipped_and_left_out(tmp_path: Path) -> None:
    subjects = {"sub-42": 42, "sub-43": 43, "sub-44": 44}
    units = load(tmp_path, record(1.0), record(2.0), group="L2", subjects=subjects)
    values = {unit.key[-9:]: drive(unit)[0].get("human.roi_value", {}).get("subject_id", []) for unit in units}
    assert values == {"L2/sub-42": [42] * 3, "L2/sub-44": [44] * 3, "L2/sub-43": []}
    assert drive(units[2])[0]["human.exclusion"]["excluded_because"] == ["no record in region.pkl"]


def test_a_reader_without_any_fitting_matrix_has_no_rows(tmp_path: Path) -> None:
    one = [[None for _ in article] for article in SIZES]
    tables, rejections = drive(load(tmp_path, one, record(), record())[0])
    assert len(rejections) == 3
    assert not {"human.roi_value", "human.roi_coverage"} & set(tables)


@pytest.mark.parametrize(
    ("records", "message"),
    [
        pytest.param([record()], "hold 1 records where 3 readers of L1 are loaded", id="too few"),
        pytest.param([record()] * 4, "hold 4 records where 3 readers", id="too many"),
        pytest.param([record()[:1], record(), record()], r"record 0: has articles of \[2\] sentences", id="article"),
        pytest.param([record(), [*record(), []], record()], r"record 1: has articles of \[2, 1, 0\]", id="one more"),
        pytest.param([record(), 7, record()], "record 1: holds a int where a list is expected", id="a number"),
        pytest.param([record(), record(), [()]], "record 2: holds a tuple where a list is expected", id="a tuple"),
        pytest.param([record(), record(), [{}]], "is not a pickle of plain data .*a dictionary", id="a dictionary"),
    ],
)
def test_a_file_of_another_group_or_corpus_is_refused(tmp_path: Path, records: list[Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        load(tmp_path, *records)
