"""A tiny model of every architecture that transformers has for text: configurations made small by their names."""

import re
import warnings
from collections.abc import Mapping
from typing import Any

import torch
import transformers
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as CAUSAL
from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES as MASKED
from transformers.models.auto.modeling_auto import MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES as SEQ2SEQ

VOCABULARY = 450
KINDS = sorted({*CAUSAL, *MASKED, *SEQ2SEQ})
SIZES: Mapping[str, int] = {
    r"(^|_)vocab_size": VOCABULARY,
    r"num_(key_value|kv|query)_(heads|groups)$|^n_kv_heads$|multi_query_group_num": 2,
    r"rotary_dim": 4,
    r"head_dim$|^d_kv$|^dim_head$|attention_head_size|kv_channels|^d_head$|^head_size$|mamba_d_head": 8,
    r"per_tok$|per_token$|top_?k$|^moe_k$": 2,
    r"(^|_)(n|topk)_group$|^n_groups$|mamba_n_groups|shared_expert": 1,
    r"mamba_n_heads|mamba_num_heads|n_mamba_heads": 8,
    r"experts?$": 4,
    r"mamba_d_ssm": 64,
    r"(layers|layer|blocks)$": 2,
    r"(heads|head|nhead)$": 4,
    r"intermediate|ffn_dim|d_ff|d_inner|ffn_hidden|n_inner|ff_dim|dim_ff|mlp_dim|bottleneck_size": 48,
    r"hidden_size|^d_model$|^n_embd$|^embed_dim$|emb_dim|embedding_size|^hidden_dim$|^dim$|model_dim|width": 32,
    r"position|n_ctx|max_seq|seq_len": 96,
    r"rank$": 8,
    r"sliding_window|window_size|attention_window|chunk": 8,
}
"""By pattern of a name: the most that it is in a tiny model."""
DERIVED = {
    "layer_types", "layers_block_type", "mlp_layer_types", "block_types", "attn_layers", "no_rope_layers", "moe_layers",
    "per_layer_config", "transformers_version", "model_type", "attention_layers",
}  # fmt: skip
"""What follows from the number of layers, or is none of the configuration's arguments."""
MIXED = ["linear_attention", "full_attention"]
OWN: Mapping[str, Mapping[str, Any]] = {
    "bailing_hybrid": {"layer_types": MIXED, "num_key_value_heads": 4},
    "bamba": {"attn_layer_indices": [1]},
    "big_bird": {"attention_type": "original_full"},
    "bigbird_pegasus": {"attention_type": "original_full"},
    "deepseek_v2": {"num_key_value_heads": 4, "num_experts_per_tok": 2, "topk_group": 1, "n_group": 1},
    "dots1": {"n_routed_experts": 4, "n_shared_experts": 1, "head_dim": 8, "num_experts_per_tok": 2},
    "dots3_note_text": {"num_key_value_heads": 4},
    "esm": {"vocab_size": VOCABULARY, "pad_token_id": 0, "mask_token_id": 4},
    "esmc": {"num_key_value_heads": 4, "vocab_size": VOCABULARY},
    "gpt_neo": {"attention_types": [[["global", "local"], 1]]},
    "granitemoehybrid": {"layer_types": ["mamba", "attention"]},
    "hunyuan_v1_dense": {"head_dim": 8},
    "hunyuan_v1_moe": {"head_dim": 8},
    "jamba": {"attn_layer_period": 2, "attn_layer_offset": 1, "expert_layer_period": 2, "expert_layer_offset": 1},
    "kimi_linear": {"layer_types": MIXED, "num_key_value_heads": 4},
    "laguna": {"num_attention_heads_per_layer": [4, 4]},
    "lfm2_moe": {"layer_types": ["conv", "full_attention"]},
    "lfm3": {"layer_types": ["conv", "full_attention"]},
    "mamba2": {"num_heads": 8},
    "ministral": {"head_dim": 8},
    "mobilebert": {"embedding_size": 16, "true_hidden_size": 16, "intra_bottleneck_size": 16},
    "nemotron": {"head_dim": 8, "num_key_value_heads": 2},
    "qwen3_5_moe_text": {"layer_types": MIXED},
    "qwen3_5_text": {"layer_types": MIXED},
    "qwen3_next": {"layer_types": MIXED},
    "qwen4_exp_text": {"layer_types": MIXED, "linear_num_value_heads": 4},
    "recurrent_gemma": {"block_types": ["recurrent", "attention"]},
    "reformer": {"axial_pos_embds_dim": [16, 16], "axial_pos_shape": [8, 12], "attn_layers": ["local", "local"]},
    "xlstm": {"num_heads": 4, "hidden_size": 32, "embedding_dim": 32},
    "xmod": {"default_language": "en_XX"},
}
"""What a configuration's names do not say."""
OWN = {kind: {"num_key_value_heads": 4} for kind in (
    "axk1", "axk2", "deepseek_v3", "deepseek_v32", "glm4_moe_lite", "glm_moe_dsa", "longcat_flash", "minicpm3", "youtu",
)} | dict(OWN)  # fmt: skip
OWN |= {kind: {**OWN[kind], "index_topk": 64} for kind in ("axk2", "deepseek_v32", "glm_moe_dsa")}
"""Of those with latent attention every head has keys of its own."""


def small(name: str, value: Any) -> Any:
    """Make one value of a configuration small."""
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    if name.endswith(("_token_id", "token_index")):
        return value if value < VOCABULARY else 3
    return next((min(value, most) for pattern, most in SIZES.items() if re.search(pattern, name)), value)


def shrunk(values: Mapping[str, Any]) -> dict[str, Any]:
    """Make a configuration's values small, and those of its parts."""
    found = {}
    for name, value in values.items():
        if name in DERIVED:
            continue
        if isinstance(value, dict) and not name.startswith(("id2label", "label2id", "rope_")):
            found[name] = shrunk(value) | dict(OWN.get(value.get("model_type", ""), {}))
        elif isinstance(value, list) and value and type(value[0]) is int and name.endswith("intermediate_size"):
            found[name] = small(name, value[0])
        else:
            found[name] = small(name, value)
    return found


def tiny_config(kind: str) -> Any:
    """Make a tiny configuration of an architecture."""
    usual = AutoConfig.for_model(kind)
    return type(usual)(**(shrunk(usual.to_dict()) | dict(OWN.get(kind, {}))))


def tiny_model(kind: str, is_language_model: bool) -> Any:
    """Make a random tiny model whose attention is not nearly uniform; an error where it would not be tiny."""
    config = tiny_config(kind)
    auto = AutoModelForCausalLM if is_language_model else AutoModel
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with torch.device("meta"):
            size = sum(p.numel() for p in auto.from_config(config, attn_implementation="eager").parameters())
        if size > 5e6:
            raise ValueError(f"it would have {size:,} parameters")
        torch.manual_seed(20231206)
        model = auto.from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2 and parameter.is_floating_point():
                parameter.mul_(4)
    return model


transformers.utils.logging.set_verbosity_error()

TOO_LARGE = "no tiny configuration could be made of it"
READS_OTHER = "reads sound, images or bytes, not the tokens of a text alone"
NOT_TRIED: Mapping[str, str] = {
    **dict.fromkeys(
        ("audioflamingo3", "blt", "glmasr", "granite_speech", "granite_speech_plus", "musicflamingo", "musicgen",
         "musicgen_melody", "nemo_speechlm", "perceiver", "qwen2_audio", "qwen3_asr", "seamless_m4t", "seamless_m4t_v2",
         "vibevoice_asr", "voxtral", "voxtral_realtime", "whisper"), READS_OTHER,
    ),
    **dict.fromkeys(
        ("cohere_compass_text", "dbrx", "dots3_note", "funnel", "gemma3n", "gemma3n_text", "hrm_text", "longcat_flash",
         "neomme", "qwen4_exp", "qwen4_exp_text", "zamba", "zamba2"), TOO_LARGE,
    ),
    **dict.fromkeys(
        ("gemma4_assistant", "gemma4_unified_assistant"), "drafts for another model, whose cache it reads",
    ),
    "encoder-decoder": "has no class of its own without a head",
}  # fmt: skip
"""Architectures left out of the table, with the reason."""
NO_ATTENTION = {
    "falcon_mamba": "recurrent", "fnet": "mixes tokens by a Fourier transform", "mamba": "recurrent",
    "mamba2": "recurrent", "mra": "approximates attention by blocks", "rwkv": "recurrent", "xlstm": "recurrent",
    "yoso": "samples attention by hashing",
    "cpmant": "its rows do not sum to 1", "longformer": "attends within windows",
    "led encoder": "attends within windows",
    "longt5 encoder": "attends within blocks", "pegasus_x encoder": "attends within blocks",
    "prophetnet encoder": "returns scores, and no module of its own makes them weights",
    "prophetnet cross": "returns scores, and no module of its own makes them weights",
    "reformer": "attends within chunks",

    "fsmt encoder": "its encoder is not a model of its own",
    "t5gemma2 decoder": "its decoder attends to both texts in one softmax",
    "t5gemma2 cross": "its decoder attends to both texts in one softmax",
}  # fmt: skip
"""Architectures, or parts of one, whose attention cannot be had, with the reason."""
PAGE = "docs/architectures.md"
HEAD = """# Architectures

Which architectures of transformers attention can be taken from. A tiny random model of each is built by the tests, its
attention is taken in a batch and compared with what transformers returns for one sentence at a time; this page says
what they found with transformers {version}. Nothing in the program lists architectures: how the attention of a model
is seen is found out when it is loaded ([extract attention](how-to/extract-attention.md#which-models)).

`interface`: seen where transformers computes it. `hooks`: taken out of what the attention modules return; then `norm`
and `value-zeroing` cannot be had. *Some layers*: a hybrid, whose other layers have no attention
(`--attention-layers-only`). *Learned sink*: heads may attend to a sink that is not a token; it is `sink_mass`.

| architecture | what it is | attention | remarks |
| --- | --- | --- | --- |
"""
TAIL = """
{count} architectures of {all}. Not tried:

{not_tried}

This page is generated (`python -m tests.extraction.test_architectures`); the tests compare it with what they find.
"""
