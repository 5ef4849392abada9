"""Rollout, norm-based attention and value zeroing, each against its formula written as loops."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from ingest.attention import jobs
from ingest.attention.capture import WITNESSED
from ingest.attention.engine import Engine
from ingest.attention.methods import METHODS
from ingest.attention.sentences import Sentence
from tests.extraction.architectures import tiny_model


def words(token_map: np.ndarray, sentence: Sentence) -> np.ndarray:
    """Merge (maps, tokens, tokens) to words, sink and outside."""
    s = sentence.shares.astype(np.float64)
    rows = s[:, :-2].T / s[:, :-2].sum(axis=0)[:, None]
    return rows @ token_map @ s


def returned(model: torch.nn.Module, sentence: Sentence) -> tuple[list[np.ndarray], list[torch.Tensor]]:
    """Attentions and hidden states as transformers returns them."""
    model.set_attn_implementation("eager")
    with torch.no_grad():
        output = model(torch.tensor([sentence.ids]), output_attentions=True, output_hidden_states=True)
    model.set_attn_implementation(WITNESSED)
    return [a[0].double().numpy() for a in output.attentions], list(output.hidden_states)


@pytest.mark.parametrize("style", ["gpt-2", "llama-2", "bert"])
def test_the_mean_over_heads_of_rollout_is_the_product_of_the_layers(tiny: SimpleNamespace, style: str) -> None:
    (sentence,) = tiny.encoded(style)[:1]
    found, _ = tiny.arrays(tiny.engine_of(style, "rollout"), [sentence])
    attentions, _ = returned(tiny.engine_of(style).model, sentence)
    rolled = np.eye(len(sentence))
    for layer, attention in enumerate(attentions):
        n = len(sentence)
        mixed = np.array([[0.5 * np.mean(attention[:, i, j]) + 0.5 * (i == j) for j in range(n)] for i in range(n)])
        rolled = mixed @ rolled
        np.testing.assert_allclose(found[layer, 10].mean(axis=0), words(rolled[None], sentence)[0], atol=1e-6)


def test_rollout_of_the_first_layer_is_attention_mixed_with_the_identity(tiny: SimpleNamespace) -> None:
    (sentence,) = tiny.encoded("gpt-2")[:1]
    rolled, _ = tiny.arrays(tiny.engine_of("gpt-2", "rollout"), [sentence])
    attentions, _ = returned(tiny.engine_of("gpt-2").model, sentence)
    np.testing.assert_allclose(rolled[0, 10], words((attentions[0] + np.eye(len(sentence))) / 2, sentence), atol=1e-6)


def norms_in_loops(attention: np.ndarray, value: np.ndarray, output: np.ndarray) -> np.ndarray:
    """|| a_ij v_j W_O || per head, rows divided by their sums; value (heads, n, d), output (heads, d, size)."""
    heads, n, _ = attention.shape
    found = np.zeros_like(attention)
    for h in range(heads):
        for i in range(n):
            for j in range(n):
                found[h, i, j] = np.linalg.norm(attention[h, i, j] * (value[h, j] @ output[h]))
            found[h, i] /= found[h, i].sum()
    return found


def test_norms_of_gpt2_are_those_of_the_transformed_values(tiny: SimpleNamespace) -> None:
    (sentence,) = tiny.encoded("gpt-2")[:1]
    model = tiny.engine_of("gpt-2").model
    found, _ = tiny.arrays(tiny.engine_of("gpt-2", "norm"), [sentence])
    attentions, hidden = returned(model, sentence)
    for layer, block in enumerate(model.transformer.h):
        with torch.no_grad():
            value = block.attn.c_attn(block.ln_1(hidden[layer]))[0, :, 64:]
        by_head = value.double().numpy().reshape(len(sentence), 4, 8).transpose(1, 0, 2)
        output = block.attn.c_proj.weight.detach().double().numpy().reshape(4, 8, 32)
        slow = norms_in_loops(attentions[layer], by_head, output)
        np.testing.assert_allclose(found[layer, 10], words(slow, sentence), atol=1e-5)


def test_norms_of_llama_repeat_the_values_of_grouped_heads(tiny: SimpleNamespace) -> None:
    (sentence,) = tiny.encoded("llama-2")[:1]
    model = tiny.engine_of("llama-2").model
    found, _ = tiny.arrays(tiny.engine_of("llama-2", "norm"), [sentence])
    attentions, hidden = returned(model, sentence)
    for layer, block in enumerate(model.model.layers):
        with torch.no_grad():
            value = block.self_attn.v_proj(block.input_layernorm(hidden[layer]))[0]
        groups = value.double().numpy().reshape(len(sentence), 2, 8)
        by_head = np.stack([groups[:, h // 2] for h in range(4)])
        output = block.self_attn.o_proj.weight.detach().double().numpy().T.reshape(4, 8, 32)
        slow = norms_in_loops(attentions[layer], by_head, output)
        np.testing.assert_allclose(found[layer, 10], words(slow, sentence), atol=1e-5)


def test_norms_of_bert_find_the_output_projection_beside_the_attention(tiny: SimpleNamespace) -> None:
    (sentence,) = tiny.encoded("bert")[:1]
    model = tiny.engine_of("bert").model
    found, _ = tiny.arrays(tiny.engine_of("bert", "norm"), [sentence])
    attentions, hidden = returned(model, sentence)
    block = model.encoder.layer[0].attention
    with torch.no_grad():
        value = block.self.value(hidden[0])[0].double().numpy()
    by_head = value.reshape(len(sentence), 4, 8).transpose(1, 0, 2)
    output = block.output.dense.weight.detach().double().numpy().T.reshape(4, 8, 32)
    slow = norms_in_loops(attentions[0], by_head, output)
    np.testing.assert_allclose(found[0, 10], words(slow, sentence), atol=1e-5)


def test_norms_of_modernbert_are_those_of_its_joint_projection(tiny: SimpleNamespace) -> None:
    (sentence,) = tiny.encoded("bert")[:1]
    model = tiny_model("modernbert", False)
    values: list[np.ndarray] = []
    for block in model.layers:
        block.attn.Wqkv.register_forward_hook(
            lambda module, given, output: values.append(output[0, :, 64:].detach().double().numpy())
        )
    found, _ = tiny.arrays(
        Engine(model, tiny.tokenizer_of("bert"), "modernbert", False, "norm", (0, 1), 512), [sentence]
    )
    values.clear()
    attentions, _ = returned(model, sentence)
    for layer, block in enumerate(model.layers):
        by_head = values[layer].reshape(len(sentence), 4, 8).transpose(1, 0, 2)
        output = block.attn.Wo.weight.detach().double().numpy().T.reshape(4, 8, 32)
        slow = norms_in_loops(attentions[layer], by_head, output)
        np.testing.assert_allclose(found[layer, 10], words(slow, sentence), atol=1e-5)


def test_value_zeroing_of_gpt2_equals_layers_recomputed_with_one_value_silenced(tiny: SimpleNamespace) -> None:
    """The layer written out: LN, attention with v_j = 0 in every head, residual, LN, MLP, residual."""
    (sentence,) = tiny.encoded("gpt-2")[:1]
    model, n = tiny.engine_of("gpt-2").model, len(tiny.encoded("gpt-2")[0])
    found, _ = tiny.arrays(tiny.engine_of("gpt-2", "value-zeroing"), [sentence])
    attentions, hidden = returned(model, sentence)
    for layer, block in enumerate(model.transformer.h):
        weights = torch.tensor(attentions[layer], dtype=torch.float32)

        def output(silent: int | None) -> torch.Tensor:
            with torch.no_grad():
                x = hidden[layer][0]  # noqa: B023
                value = block.attn.c_attn(block.ln_1(x))[:, 64:].clone()  # noqa: B023
                if silent is not None:
                    value[silent] = 0
                heard = weights @ value.reshape(n, 4, 8).transpose(0, 1)  # noqa: B023
                x = x + block.attn.c_proj(heard.transpose(0, 1).reshape(n, 32))  # noqa: B023
                return (x + block.mlp(block.ln_2(x))).double()  # noqa: B023

        usual = output(None)
        change = np.zeros((n, n))
        for j in range(n):
            changed = output(j)
            for i in range(n):
                a, b = changed[i].numpy(), usual[i].numpy()
                change[i, j] = 1 - a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
        change = np.tril(change)
        slow = change / change.sum(axis=1, keepdims=True)
        assert found[layer, 10].shape[0] == 1  # one map, all heads silenced together
        np.testing.assert_allclose(found[layer, 10], words(slow[None], sentence), atol=2e-4)


def test_methods_by_name_are_those_that_jobs_know() -> None:
    assert tuple(METHODS) == jobs.METHODS
