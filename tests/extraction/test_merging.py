"""Words from tokens: against loops in plain Python, in batches and alone, for nine families of models."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.attention.attestation import in_float32
from ingest.attention.batches import batches
from ingest.attention.capture import WITNESSED
from ingest.attention.merging import Merging, cells
from ingest.attention.sentences import Sentence
from warehouse.errors import BadInput

STYLES = ("llama-2", "mistral", "llama-3", "gpt-2", "opt", "neox", "qwen2", "bert", "t5")


def official(tiny: SimpleNamespace, style: str, sentence: Sentence) -> list[np.ndarray]:
    """What transformers returns for one sentence, per layer (heads, tokens, tokens)."""
    model = tiny.engine_of(style).model
    model.set_attn_implementation("eager")
    try:
        with torch.no_grad():
            returned = model(input_ids=torch.tensor([sentence.ids]), output_attentions=True).attentions
    finally:
        model.set_attn_implementation(WITNESSED)
    return [layer[0].numpy() for layer in returned]


def merged_slowly(attention: np.ndarray, sentence: Sentence) -> np.ndarray:
    """Sum over "to", mean over "from", in loops; for sentences whose tokens each belong to one word."""
    heads, n = attention.shape[0], sentence.word_count
    tokens = [[t for t in range(len(sentence)) if sentence.shares[t, c] == 1] for c in range(n + 2)]
    found = np.zeros((heads, n, n + 2))
    for h in range(heads):
        for i in range(n):
            for c in range(n + 2):
                given = [sum(attention[h, t, u] for u in tokens[c]) for t in tokens[i]]
                found[h, i, c] = sum(given) / len(given)
    return found


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("condition", ["plain", "noise"])
def test_the_fast_way_equals_loops_over_what_transformers_returns(
    tiny: SimpleNamespace, style: str, condition: str
) -> None:
    sentences = tiny.encoded(style, getattr(tiny, condition))
    found, _ = tiny.arrays(tiny.engine_of(style), sentences)
    for sentence in sentences[:3]:
        for layer, attention in enumerate(official(tiny, style, sentence)):
            slow = merged_slowly(attention, sentence)
            np.testing.assert_allclose(found[layer, sentence.sentence_id], slow, atol=5e-6)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("method", ["raw", "rollout", "norm", "value-zeroing"])
def test_a_batch_gives_the_numbers_of_each_sentence_alone(tiny: SimpleNamespace, style: str, method: str) -> None:
    engine, sentences = tiny.engine_of(style, method), tiny.encoded(style)
    together, predicted = tiny.arrays(engine, sentences)
    alone: dict[object, np.ndarray] = {}
    predicted_alone: dict[int, np.ndarray] = {}
    for sentence in sentences:
        one, one_predicted = tiny.arrays(engine, [sentence])
        alone |= one
        predicted_alone |= one_predicted
    assert together.keys() == alone.keys()
    for key in alone:
        np.testing.assert_allclose(together[key], alone[key], atol=2e-5)
    for key in predicted_alone:
        np.testing.assert_allclose(predicted[key], predicted_alone[key], atol=1e-4)


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.text("abcdé東1,2.'-", min_size=1, max_size=6), min_size=1, max_size=8))
def test_rows_with_sink_and_outside_sum_to_one_for_random_texts(
    tiny: SimpleNamespace, style: str, words: list[str]
) -> None:
    sentences = tiny.encoded(style, tiny.plain, (" ".join(words),))
    found, _ = tiny.arrays(tiny.engine_of(style), sentences)
    for layer in found.values():
        np.testing.assert_allclose(layer.sum(axis=2), 1, atol=1e-5)
        if style in {"llama-2", "llama-3", "mistral", "opt"}:  # one special token: nothing else is outside
            assert (layer[:, :, -1] == 0).all()
        if style in {"gpt-2", "neox", "qwen2"}:  # none at all: words sum to 1
            assert (layer[:, :, -2:] == 0).all()


def test_a_decoder_keeps_the_lower_triangle_and_an_encoder_the_square(tiny: SimpleNamespace) -> None:
    (sentence, *_) = tiny.encoded("llama-2")
    assert len(cells([sentence], is_causal=True).pairs) == 7 * 8 // 2
    assert len(cells([sentence], is_causal=False).pairs) == 7 * 7


def test_a_token_of_two_words_gives_a_decoder_nothing_above_the_diagonal() -> None:
    shares = np.array([[0, 0, 1, 0], [0.5, 0.5, 0, 0], [0, 1, 0, 0]], dtype=np.float32)
    sentence = Sentence(1, "a b", (0, 1, 2), shares)
    attention = torch.tensor([[[[1.0, 0, 0], [0.25, 0.75, 0], [0.125, 0.5, 0.375]]]])
    kept = cells([sentence], is_causal=True)
    found = Merging([sentence], kept, True, torch.device("cpu"))(attention)[:, 0].numpy()
    # word 0 is half a token, which sees itself wholly: its row is that token's
    second = (0.5 * np.array([0.25, 0.375, 0.375]) + np.array([0.125, 0.25, 0.625])) / 1.5
    np.testing.assert_allclose(found, [0.75, second[1], second[2], 0.25, second[0], 0, 0], rtol=1e-6)


def test_batches_hold_all_sentences_once_within_the_budget(tiny: SimpleNamespace) -> None:
    sentences = tiny.encoded("gpt-2")
    found = batches(sentences, 60)
    assert sorted(s.sentence_id for batch in found for s in batch) == [s.sentence_id for s in sentences]
    assert all(len(batch) == 1 or len(batch) * max(map(len, batch)) <= 60 for batch in found)


def test_batches_do_not_depend_on_the_order_of_sentences(tiny: SimpleNamespace) -> None:
    sentences = tiny.encoded("gpt-2")
    assert batches(sentences, 60) == batches(sentences[::-1], 60)


def test_memory_that_does_not_suffice_halves_the_batch_and_gives_the_same_numbers(
    tiny: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    engine, sentences = tiny.engine_of("llama-2"), tiny.encoded("llama-2")
    wanted, _ = tiny.arrays(engine, sentences)

    def full(module: object, given: tuple[torch.Tensor, ...]) -> None:
        if len(given[0]) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")

    # the second layer: the first one of the whole batch is delivered by then, and must not be delivered again
    hook = engine.model.model.layers[1].input_layernorm.register_forward_pre_hook(full)
    try:
        found, _ = tiny.arrays(engine, sentences)
    finally:
        hook.remove()
    assert found.keys() == wanted.keys()
    for key in wanted:
        np.testing.assert_allclose(found[key], wanted[key], atol=2e-5)
    assert engine.batch_tokens < 4096
    assert "out of device memory; going on with batches of" in caplog.text


def test_one_sentence_that_does_not_fit_is_an_error(tiny: SimpleNamespace) -> None:
    engine = tiny.engine_of("llama-2")

    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    hook = engine.model.model.layers[0].input_layernorm.register_forward_pre_hook(full)
    try:
        with pytest.raises(BadInput, match=r"one sentence of \d+ tokens needs more memory"):
            tiny.arrays(engine, tiny.encoded("llama-2")[:1])
    finally:
        hook.remove()


def test_a_bfloat16_model_computes_in_float32_on_request_and_keeps_its_weights() -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.LayerNorm(8)).bfloat16()
    before = [p.data for p in model.parameters()]
    x = torch.randn(3, 8)
    with in_float32(model):
        found = model(x)
    wide = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.LayerNorm(8))
    wide.load_state_dict({name: p.float() for name, p in model.state_dict().items()})
    torch.testing.assert_close(found, wide(x))
    after = list(model.parameters())
    assert [p.data_ptr() for p in after] == [data.data_ptr() for data in before]
    assert {p.dtype for p in after} == {torch.bfloat16}
