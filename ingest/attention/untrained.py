"""A small untrained Llama and a tokenizer for a text, made on the spot: a control that no training has touched."""

from collections.abc import Sequence
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors

MARK = "\N{LOWER ONE EIGHTH BLOCK}"  # what Metaspace puts before a word
START = "<s>"
CONTEXT = 256  # tokens, or as many as the longest text has


def save_untrained(directory: Path, texts: Sequence[str], layer_count: int, head_count: int, seed: int) -> None:
    """Save model and tokenizer as transformers does; the same arguments make the same files.

    Parameters
    ----------
    directory : Path
        Where to.
    texts : sequence of str
        What the tokenizer must be able to write.
    layer_count, head_count : int
        Size of the model; a head has eight dimensions.
    seed : int
        Seed of its random weights.
    """
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=_tokenizer(texts), bos_token=START, eos_token="</s>", unk_token="<unk>"
    )
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=8 * head_count, intermediate_size=16 * head_count,
        num_hidden_layers=layer_count, num_attention_heads=head_count,
        max_position_embeddings=max([CONTEXT, *(len(tokenizer(text).input_ids) for text in texts)]),
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, initializer_range=0.5,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = transformers.LlamaForCausalLM(config)
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)


def _tokenizer(texts: Sequence[str]) -> Tokenizer:
    """Cut words into pieces of up to three characters; nothing is counted, so no count can tie."""
    words = sorted({MARK + word for text in texts for word in text.split()})
    pieces = {word[start : start + size] for word in words for start in range(len(word)) for size in (1, 2, 3)}
    vocabulary = [
        ("<unk>", 0.0),
        (START, 0.0),
        ("</s>", 0.0),
        *((piece, -float(len(pieces))) for piece in sorted(pieces)),
    ]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{START} $A", special_tokens=[(START, 1)])
    return tokenizer
