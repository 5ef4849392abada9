"""An extraction from array files: its alignment decided, its pieces, its warnings."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from ingest.attention_arrays.alignment import filled_sizes, token_level
from ingest.attention_arrays.files import ArrayFile
from ingest.attention_arrays.layout import Layout, check_shape
from ingest.attention_arrays.validation import TOLERANCE, weights
from warehouse import logs
from warehouse.errors import BadInput
from warehouse.ledger.fingerprints import fingerprint
from warehouse.load.stored import Stimulus
from warehouse.plugin.contents import Block, Extraction, Piece, RowSums


def extraction(
    arrays: Sequence[ArrayFile],
    stimulus: Stimulus,
    language_model: Mapping[str, Any],
    condition: Mapping[str, str],
    as_published: bool,
) -> Extraction:
    """Declare the arrays' content; each layer is validated when its piece is written, sizes of the first at once.

    Parameters
    ----------
    arrays : sequence of ArrayFile
        In the order of their layers, of one shape and dtype.
    stimulus : Stimulus
        The corpus that the model read.
    language_model, condition : mapping
        Columns of `model.language_model` other than ``head_count``, and of `model.condition`.
    as_published : bool
        Accept rows that are tokens: crop and mark them.

    Raises
    ------
    BadInput
        Arrays of another corpus, or token-level arrays that are not accepted.
    """
    first = arrays[0]
    check_shape(stimulus, first.shape, first.path)
    model = {**language_model, "head_count": first.shape[2]}
    layout = Layout.of(stimulus, first.shape, is_cropped=False)
    tokens = token_level(filled_sizes(first.read()), layout, first.path)
    if tokens and not as_published:
        what = f"{tokens}: its rows are tokens and its cells not those of the words"
        raise BadInput(what, first.path, "extract it again at word level, or give --as-published to crop and mark it")
    if tokens:
        layout = Layout.of(stimulus, first.shape, is_cropped=True)
    alignment = "as published" if tokens else "word"
    with ThreadPoolExecutor() as pool:  # hashing lets other threads run
        digests = dict(zip((one.path.name for one in arrays), pool.map(ArrayFile.digest, arrays), strict=True))
    if first.dtype == "float64":
        logs.remark(f"{first.path.name} and the others hold float64: weights are rounded to float32, by 6e-8 at most.")
    layers = tuple(one.layer for one in arrays)
    return Extraction(
        corpus_id=stimulus.corpus_id,
        model=model,
        condition=condition,
        method="raw",
        alignment=alignment,
        dtype=first.dtype,
        is_causal=True,
        layers=layers,
        digest=fingerprint({"corpus": stimulus.corpus, "alignment": alignment, "model": model, "files": digests}),
        pieces=[Piece(f"layer {one.layer}", digests[one.path.name], partial(_blocks, one, layout)) for one in arrays],
        attest=partial(_attestation, first),
        warnings=_warnings(tokens, layers, model["layer_count"]) | _of_identical_layers(arrays, digests),
        files=digests,
    )


def _blocks(array: ArrayFile, layout: Layout) -> Iterator[Block | RowSums]:
    found = weights(array.read(), layout, array.path)
    yield Block(array.layer, layout.pairs, found.values)
    yield RowSums(found.row_count, zero_row_count=found.zero_row_count, least_row_sum=found.least_row_sum)


def _warnings(tokens: str | None, layers: Sequence[int], layer_count: int) -> dict[str, str]:
    found = {}
    if tokens:
        found["not_word_aligned"] = f"{tokens}: the first rows of each sentence stand for its words"
    if len(layers) < layer_count:
        found["partial_coverage"] = f"{len(layers)} of {layer_count} layers: {', '.join(map(str, layers))}"
    return found


def _of_identical_layers(arrays: Sequence[ArrayFile], digests: Mapping[str, str]) -> dict[str, str]:
    """Make the usage warning of layers whose files are the same, and tell it: one may have been saved as another."""
    layers: dict[str, list[str]] = {}
    for one in arrays:
        layers.setdefault(digests[one.path.name], []).append(str(one.layer))
    told = "; ".join(f"layers {', '.join(same)} hold the same numbers" for same in layers.values() if len(same) > 1)
    if not told:
        return {}
    logs.remark(f"{told[0].upper()}{told[1:]}: they are kept (usage warning identical_layers).")
    return {"identical_layers": told}


def _attestation(first: ArrayFile) -> dict[str, Any]:
    """Tell what was checked of every layer; a layer that fails is an error."""
    return {
        "array_shape": list(first.shape),
        "row_sum_tolerance": TOLERANCE[first.dtype],
        "checked": [
            "finite and not negative",
            "zero above the diagonal and outside the sentences",
            "no row sums to more than 1; rows of zeros are counted, and no sentence is all zero",
        ],
    }
