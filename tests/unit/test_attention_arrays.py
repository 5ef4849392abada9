"""Attention arrays: what is taken out of them, and what is refused with which sentence."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.attention_arrays import PREFIXES, attention_arrays
from ingest.attention_arrays.alignment import filled_sizes, token_level
from ingest.attention_arrays.extraction import extraction
from ingest.attention_arrays.facts import model_facts
from ingest.attention_arrays.files import array_files
from ingest.attention_arrays.layout import Layout
from ingest.attention_arrays.validation import weights
from warehouse.errors import BadInput, MissingInput
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Extraction
from warehouse.plugin.registry import parameters

WORD_COUNTS = {(0, 0): 3, (0, 1): 2, (1, 0): 4}
HEADS, SIZE = 2, 6
SHAPE = (2, 2, HEADS, SIZE, SIZE)
MODEL = model_facts("tiny", {"family": "toy", "stage": "pretrained", "layer_count": 2}, None)
PLAIN = {"condition": "plain", "prefix": "", "description": "The sentence alone"}


@pytest.fixture
def stimulus() -> Stimulus:
    article, position = np.array(list(WORD_COUNTS)).T
    words = tuple(tuple("abcdefg"[:n]) for n in WORD_COUNTS.values())
    labels, texts = ("t.01.01", "t.01.02", "t.02.01"), tuple(map(" ".join, words))
    return Stimulus(7, "toy", np.array([11, 12, 13]), article, position, labels, texts, words)


def attention(extra_rows: int = 0, dtype: str = "float32", seed: int = 0) -> np.ndarray:
    """A sound array: rows of each triangle sum to 1; `extra_rows` more than the sentence has words."""
    rng = np.random.default_rng(seed)
    array = np.zeros(SHAPE, dtype=dtype)
    for (article, position), words in WORD_COUNTS.items():
        n = words + extra_rows
        triangle = np.tril(rng.uniform(0.1, 1.0, size=(HEADS, n, n)))
        array[article, position, :, :n, :n] = triangle / triangle.sum(axis=-1, keepdims=True)
    return array


def save(folder: Path, *arrays: np.ndarray) -> Path:
    for layer, array in enumerate(arrays):
        np.save(folder / f"rb_p1_layer{layer}.npy", array)
    return folder


def load(folder: Path, stimulus: Stimulus, **options: Any) -> Extraction:
    arrays = array_files(folder, "rb_p1_layer{layer}.npy")
    return extraction(arrays, stimulus, options.pop("model", MODEL), PLAIN, options.pop("as_published", False))


def blocks(found: Extraction) -> list[np.ndarray]:
    return [next(piece.contents()).weights for piece in found.pieces]


def taken_slowly(array: np.ndarray) -> np.ndarray:
    """The words' cells one by one, in plain Python."""
    cells = [
        array[article, position, :, i, j]
        for (article, position), n in WORD_COUNTS.items()
        for i in range(n)
        for j in range(i + 1)
    ]
    return np.array(cells, dtype=np.float32)


# what is taken


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_every_weight_is_the_very_value_of_its_cell(tmp_path: Path, stimulus: Stimulus, dtype: str) -> None:
    layers = [attention(dtype=dtype, seed=layer) for layer in range(2)]
    found = load(save(tmp_path, *layers), stimulus)
    assert found.dtype == dtype
    for block, array in zip(blocks(found), layers, strict=True):
        assert block.dtype == np.float32
        np.testing.assert_array_equal(block, taken_slowly(array))


def test_all_layers_share_one_object_of_pairs(tmp_path: Path, stimulus: Stimulus) -> None:
    found = load(save(tmp_path, attention(), attention(seed=1)), stimulus)
    pairs = [next(piece.contents()).pairs for piece in found.pieces]
    assert pairs[0] is pairs[1] is stimulus.causal_pairs


def test_an_extraction_of_all_layers_at_word_level_has_no_warning(tmp_path: Path, stimulus: Stimulus) -> None:
    found = load(save(tmp_path, attention(), attention(seed=1)), stimulus)
    assert (found.alignment, found.layers, dict(found.warnings)) == ("word", (0, 1), {})
    assert found.model["head_count"] == HEADS
    assert found.corpus_id == 7


def test_some_layers_are_told_to_be_a_part(tmp_path: Path, stimulus: Stimulus) -> None:
    found = load(save(tmp_path, attention()), stimulus)
    assert found.warnings == {"partial_coverage": "1 of 2 layers: 0"}


def test_the_digest_follows_the_files(tmp_path: Path, stimulus: Stimulus) -> None:
    once, again = (load(save(tmp_path, attention()), stimulus).digest for _ in range(2))
    assert once == again
    assert load(save(tmp_path, attention(seed=1)), stimulus).digest != once


def test_a_negative_zero_is_a_zero(tmp_path: Path, stimulus: Stimulus) -> None:
    array = attention()
    array[0, 0, 0, 0, 5] = array[0, 0, 0, 2, 0] = -0.0
    np.testing.assert_array_equal(blocks(load(save(tmp_path, array), stimulus))[0], taken_slowly(array))


def test_rows_may_sum_to_less_than_one(tmp_path: Path, stimulus: Stimulus) -> None:
    blocks(load(save(tmp_path, attention() / 3), stimulus))


def test_the_padded_size_may_be_that_of_the_longest_sentence(tmp_path: Path, stimulus: Stimulus) -> None:
    array = np.ascontiguousarray(attention()[..., :4, :4])
    np.testing.assert_array_equal(blocks(load(save(tmp_path, array), stimulus))[0], taken_slowly(array))


# tokens instead of words


def test_a_token_level_array_is_refused_with_both_sizes(tmp_path: Path, stimulus: Stimulus) -> None:
    with pytest.raises(BadInput, match="3 of 3 sentences have more rows than words") as refused:
        load(save(tmp_path, attention(extra_rows=1)), stimulus)
    assert "t.01.01 has 4 rows for 3 words" in str(refused.value)
    assert "--as-published" in str(refused.value)


def test_as_published_crops_and_marks(tmp_path: Path, stimulus: Stimulus) -> None:
    array = attention(extra_rows=2)
    found = load(save(tmp_path, array, array), stimulus, as_published=True)
    assert found.alignment == "as published"
    assert list(found.warnings) == ["not_word_aligned", "identical_layers"]
    assert "3 of 3 sentences" in found.warnings["not_word_aligned"]
    np.testing.assert_array_equal(blocks(found)[0], taken_slowly(array))


def test_as_published_marks_nothing_where_rows_are_words(tmp_path: Path, stimulus: Stimulus) -> None:
    found = load(save(tmp_path, attention(), attention()), stimulus, as_published=True)
    assert (found.alignment, dict(found.warnings)) == (
        "word",
        {"identical_layers": "layers 0, 1 hold the same numbers"},
    )


@pytest.mark.parametrize("as_published", [False, True])
def test_a_sentence_with_fewer_rows_than_words_is_refused(
    tmp_path: Path, stimulus: Stimulus, as_published: bool
) -> None:
    array = attention()
    array[1, 0, :, 3] = 0
    with pytest.raises(BadInput, match=r"1 of 3 sentences have fewer rows than words \(t.02.01 has 3 rows for 4"):
        load(save(tmp_path, array), stimulus, as_published=as_published)


def test_a_sentence_that_the_corpus_does_not_have_is_refused(tmp_path: Path, stimulus: Stimulus) -> None:
    array = attention()
    array[1, 1, :, 0, 0] = 1
    with pytest.raises(BadInput, match="article 1 holds a sentence 1 that the corpus does not have"):
        load(save(tmp_path, array), stimulus)


def test_a_later_layer_with_other_sizes_is_refused(tmp_path: Path, stimulus: Stimulus) -> None:
    found = load(save(tmp_path, attention(), attention(extra_rows=1)), stimulus)
    with pytest.raises(BadInput, match=r"layer1.*row 3 is filled where the sentence has 3 words"):
        blocks(found)


def test_filled_sizes_count_up_to_the_last_row_with_a_weight(stimulus: Stimulus) -> None:
    assert filled_sizes(attention(extra_rows=1)).tolist() == [[4, 3], [5, 0]]
    layout = Layout.of(stimulus, SHAPE, is_cropped=False)
    assert token_level(filled_sizes(attention()), layout, "here") is None


# bad values: at a place, a value, and what the sentence says of it

PLACES = {
    "nan": ((1, 0, 1, 3, 2), np.nan, r"weight nan is not a finite number"),
    "infinity": ((1, 0, 1, 3, 2), np.inf, r"weight inf is not a finite number"),
    "nan in the padding": ((0, 0, 0, 5, 0), np.nan, r"weight nan is not a finite number"),
    "negative": ((1, 0, 1, 3, 2), -0.25, r"weight -0.25 is negative"),
    "above the diagonal": ((1, 0, 1, 2, 3), 0.25, r"head 1, from word 2 to word 3: the weight 0.25 lies above"),
    "a sentence of zeros": ((1, 0), 0, r"sentence t.02.01: holds no weight at all"),
    "a row above 1": ((1, 0, 1, 3, 3), 1.0, r"head 1: the row of word 3 sums to more than 1"),
}


@pytest.mark.parametrize("as_published", [False, True])
@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("fault", PLACES)
def test_a_bad_value_is_refused_with_its_place(
    tmp_path: Path, stimulus: Stimulus, fault: str, dtype: str, as_published: bool
) -> None:
    place, value, message = PLACES[fault]
    array = attention(extra_rows=int(as_published), dtype=dtype)
    array[place] = value
    layout = Layout.of(stimulus, SHAPE, is_cropped=as_published)
    with pytest.raises(BadInput, match=message) as refused:
        weights(array, layout, "layer7.npy")
    assert str(refused.value).startswith("layer7.npy")


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_a_row_of_zeros_is_taken_and_counted(stimulus: Stimulus, dtype: str) -> None:
    array = attention(dtype=dtype)
    array[1, 0, 1, 2] = array[0, 1, :, 0] = 0  # one head of a word, and all heads of another
    found = weights(array, Layout.of(stimulus, SHAPE, is_cropped=False), "here")
    np.testing.assert_array_equal(found.values, taken_slowly(array))
    assert (found.row_count, found.zero_row_count) == (2 * (3 + 2 + 4), 3)


@pytest.mark.parametrize(("dtype", "excess"), [("float16", 2**-10), ("float32", 2**-9)])
def test_a_row_may_exceed_one_by_rounding(stimulus: Stimulus, dtype: str, excess: float) -> None:
    array = attention(dtype=dtype)
    array[0, 1, 0, 0, 0] = 1 + excess
    weights(array, Layout.of(stimulus, SHAPE, is_cropped=False), "here")
    array[0, 1, 0, 0, 0] = 1 + 5 * excess
    with pytest.raises(BadInput, match="sums to more than 1"):
        weights(array, Layout.of(stimulus, SHAPE, is_cropped=False), "here")


# bad files: how a file comes to be, and what the sentence says of it


def _pickled(path: Path) -> None:
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)


def _truncated(path: Path) -> None:
    np.save(path, attention())
    path.write_bytes(path.read_bytes()[:-4])


def _too_long(path: Path) -> None:
    np.save(path, attention())
    path.write_bytes(path.read_bytes() + b"\0" * 8)


def _header_cut(path: Path) -> None:
    np.save(path, attention())
    path.write_bytes(path.read_bytes()[:40])


def _linked(path: Path) -> None:
    path.symlink_to("../.git/annex/objects/Xx/MD5E-s1280--00.npy")


BAD_FILES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "is not a .npy file"),
    "text": (lambda path: path.write_text("0 1 2"), "is not a .npy file"),
    "a bare pickle": (lambda path: path.write_bytes(pickle.dumps([1])), "is not a .npy file"),
    "header cut": (_header_cut, "its header is damaged"),
    "pickled objects": (_pickled, "pickled Python objects, as of a dictionary or of lists of several lengths"),
    "truncated": (_truncated, "is truncated: 1,276 bytes where its header tells 1,280"),
    "too long": (_too_long, "is too long"),
    "bfloat16": (lambda path: np.save(path, attention().astype("<f2").view("V2")), "bfloat16, of which numpy saves"),
    "complex": (lambda path: np.save(path, attention().astype(complex)), "holds '<c16' values"),
    "integers": (lambda path: np.save(path, attention().astype(np.int32)), "holds '<i4' values"),
    "records": (lambda path: np.save(path, np.zeros(3, dtype=[("a", "<f4")])), "holds '|V4' values"),
    "four axes": (lambda path: np.save(path, attention()[0]), r"has the shape \(2, 2, 6, 6\), which is not"),
    "not square": (lambda path: np.save(path, attention()[..., :4].copy()), "which is not"),
    "a link of git-annex": (_linked, "content was not fetched; run `git annex get`"),
    "a pointer of git-annex": (lambda path: path.write_text("/annex/objects/MD5E-s1"), "content was not fetched"),
    "a pointer of Git LFS": (
        lambda path: path.write_text("version https://git-lfs.github.com/spec/v1"),
        "content was not fetched",
    ),
    "no heads": (lambda path: np.save(path, attention()[:, :, :0].copy()), "which is not"),
}


@pytest.mark.parametrize("dtype", ["float64", ">f4", ">f2", "<f2", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_any_order_and_of_double_precision_are_converted(tmp_path: Path, dtype: str, order: Any) -> None:
    np.save(tmp_path / "rb_p1_layer0.npy", np.asarray(attention(dtype="float16"), dtype=dtype, order=order))
    (found,) = array_files(tmp_path, "rb_p1_layer{layer}.npy")
    array = found.read()
    assert array.dtype == (np.float16 if "2" in dtype else np.float32) and array.flags.c_contiguous
    np.testing.assert_array_equal(array, attention(dtype="float16"))


def test_what_float32_cannot_hold_becomes_infinite_and_is_refused_later(tmp_path: Path) -> None:
    values = attention().astype(float)
    values[0, 0, 0, 0, 0] = 1e300
    np.save(tmp_path / "rb_p1_layer0.npy", values)
    assert np.isinf(array_files(tmp_path, "rb_p1_layer{layer}.npy")[0].read()).any()


@pytest.mark.parametrize("fault", BAD_FILES)
def test_a_bad_file_is_refused_before_any_layer_is_read(tmp_path: Path, fault: str) -> None:
    save(tmp_path, attention())
    make, message = BAD_FILES[fault]
    make(tmp_path / "rb_p1_layer1.npy")
    with pytest.raises(BadInput, match=message) as refused:
        array_files(tmp_path, "rb_p1_layer{layer}.npy")
    assert "rb_p1_layer1.npy" in str(refused.value)


def test_files_that_look_like_arrays_and_are_not_read_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    save(tmp_path, attention())
    for name in ("._rb_p1_layer0.npy", "rb_p1_layer1.npy.gz", "RB_p1_layer2.NPY", "notes.txt"):
        (tmp_path / name).write_bytes(b"any")
    assert len(array_files(tmp_path, "rb_p1_layer{layer}.npy")) == 1
    told = "Not read, since their names are others: ._rb_p1_layer0.npy, RB_p1_layer2.NPY, rb_p1_layer1.npy.gz (3 files)"
    assert caplog.messages == [f"{told}."]


def test_layers_of_different_kinds_are_refused(tmp_path: Path) -> None:
    save(tmp_path, attention(), attention(dtype="float16"))
    with pytest.raises(BadInput, match=r"layer1.npy: is \(2, 2, 2, 6, 6\) float16 where rb_p1_layer0.npy"):
        array_files(tmp_path, "rb_p1_layer{layer}.npy")


@pytest.mark.parametrize(
    ("folder", "said"), [("empty", "empty: holds no file named"), ("absent", "absent: no such file or directory")]
)
def test_a_folder_without_arrays_is_missing_input(tmp_path: Path, folder: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingInput, match=said):
        array_files(tmp_path / folder, "rb_p1_layer{layer}.npy")


def test_a_layer_twice_is_refused(tmp_path: Path) -> None:
    for name in ("rb_p1_layer1.npy", "rb_p1_layer01.npy"):
        np.save(tmp_path / name, attention())
    with pytest.raises(BadInput, match=r"is layer 1, as is rb_p1_layer01.npy"):
        array_files(tmp_path, "rb_p1_layer{layer}.npy")


@pytest.mark.parametrize("pattern", ["layer.npy", "{layer}{layer}.npy"])
def test_a_pattern_names_the_layer_once(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(BadInput, match=r"does not hold \{layer\} once"):
        array_files(tmp_path, pattern)


def test_layers_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for layer in (10, 9, 100):
        np.save(tmp_path / f"rb_p1_layer{layer}.npy", attention())
    np.save(tmp_path / "instr_rb_p1_layer3.npy", attention())
    assert [one.layer for one in array_files(tmp_path, "rb_p1_layer{layer}.npy")] == [9, 10, 100]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    (one,) = array_files(save(tmp_path, attention()), "rb_p1_layer{layer}.npy")
    save(tmp_path, attention(dtype="float16"))
    with pytest.raises(BadInput, match="changed while it was being read"):
        one.read()


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (np.s_[:1], "has 1 articles of 2 sentences where the corpus has 2 of at most 2"),
        (np.s_[:, :1], "has 2 articles of 1 sentences"),
        (np.s_[..., :3, :3], "has 3 rows where t.02.01 has 4 words"),
    ],
    ids=["articles", "sentences", "words"],
)
def test_arrays_of_another_corpus_are_refused(tmp_path: Path, stimulus: Stimulus, part: Any, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        load(save(tmp_path, attention()[part].copy()), stimulus)


# facts


def test_options_stand_above_the_file_of_facts(tmp_path: Path) -> None:
    path = tmp_path / "facts.toml"
    path.write_text('family = "toy"\nstage = "tuned"\nbase_model = "tiny"\nlayer_count = 3\nparameters = 5_000\n')
    assert model_facts("tiny-tuned", {"layer_count": 4, "family": None}, path) == {
        "model": "tiny-tuned",
        "revision": None,
        "family": "toy",
        "stage": "tuned",
        "base_model": "tiny",
        "parameter_count": 5000,
        "layer_count": 4,
    }


@pytest.mark.parametrize("missing", ["family", "stage", "layer_count"])
def test_a_missing_fact_names_its_option_and_its_key(missing: str) -> None:
    told = {"family": "toy", "stage": "pretrained", "layer_count": 2, missing: None}
    with pytest.raises(BadInput, match=f"--{missing.replace('_', '-')}, or {missing} in a TOML file"):
        model_facts("tiny", told, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("family = ", "is not TOML"),
        ("familly = 'toy'", "'familly' is not a fact of a model"),
        ("layer_count = '36'", "layer_count = '36' is not of type int"),
        ("family = 'toy'\nstage = 'half'\nlayer_count = 2", "'half' is not a stage"),
        ("family = 'toy'\nstage = 'pretrained'\nbase_model = 'x'\nlayer_count = 2", "has no base model"),
        ("family = 'toy'\nstage = 'pretrained'\nlayer_count = 0", "layer_count = 0 is not positive"),
    ],
)
def test_facts_that_cannot_be_true_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "facts.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match=message):
        model_facts("tiny", {}, path)


def test_an_absent_file_of_facts_is_missing_input(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        model_facts("tiny", {}, tmp_path / "facts.toml")


def test_every_parameter_tells_what_it_is() -> None:
    for name, parameter in parameters(attention_arrays).items():
        assert name == "stored" or parameter.annotation.__metadata__[0].endswith(".")
    assert set(PREFIXES) == {"plain", "translate", "paraphrase", "noise"}
