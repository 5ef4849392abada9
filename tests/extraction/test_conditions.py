"""What stands around a sentence: suffixes, chat templates, start tokens; only the sentence's own words are kept."""

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ingest.attention.contexts import Context, contexts
from ingest.attention.extraction import extractions
from ingest.attention.jobs import Job
from ingest.attention.prefixes import Condition, resolve_condition
from ingest.attention.tokenizer_trial import try_tokenizer
from ingest.attention.tokens import encode, encode_all
from tests.extraction.test_access import contents
from warehouse import logs, pipeline
from warehouse.database.connection import Database
from warehouse.errors import BadInput
from warehouse.plugin.registry import sources
from warehouse.progress import Progress

TEXT = "Could humans live on Mars some day?"
WORDS = tuple(TEXT.split())
CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
LLAMA = (
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'system' %}"
    "{{ '[INST] <<SYS>>\n' + m['content'] + '\n<</SYS>>\n\n' }}"
    "{% else %}{{ '[INST] ' + m['content'] + ' [/INST]' }}{% endif %}{% endfor %}"
)
REFUSING = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system here') }}{% endif %}" + CHATML
CHANGING = "{% for m in messages %}{{ m['content'] | upper }}{% endfor %}"
ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
CHAT = Condition("chat", "", "", is_chat=True)


def chatting(tiny: SimpleNamespace, style: str, template: str) -> Any:
    tokenizer = copy.deepcopy(tiny.tokenizer_of(style))
    tokenizer.chat_template = template
    if template == CHATML:
        tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    return tokenizer


def said(tokenizer: Any, sentence: Any, word: int) -> str:
    """The characters of a word's tokens."""
    own = [i for t, i in enumerate(sentence.ids) if sentence.shares[t, word] > 0]
    return "".join(tokenizer.convert_ids_to_tokens(own)).strip("\u0120\u2581")


@pytest.mark.parametrize(("style", "template"), [("qwen2", CHATML), ("llama-3", CHATML), ("llama-2", LLAMA)])
@pytest.mark.parametrize("system", ["", "Be brief."])
def test_a_sentence_is_found_in_the_chat_template_of_the_tokenizer(
    tiny: SimpleNamespace, style: str, template: str, system: str
) -> None:
    tokenizer = chatting(tiny, style, template)
    condition = replace(CHAT, prefix="Please say:", system_text=system)
    sentence = encode(1, TEXT, WORDS, condition, tokenizer)
    official = tokenizer.apply_chat_template(condition.messages(TEXT), tokenize=True, add_generation_prompt=True)
    assert list(sentence.ids) == list(official["input_ids"])
    assert [said(tokenizer, sentence, word) for word in range(len(WORDS))] == list(WORDS)
    np.testing.assert_allclose(sentence.shares.sum(axis=1), 1)
    assert sentence.shares[0, -2] == 1  # the first special token is the sink
    assert sentence.shares[:, -2].sum() == 1
    assert not sentence.shares[-1, : len(WORDS)].any()  # what follows is outside
    assert ("Be brief." in sentence.text) == bool(system)


def test_no_start_token_is_doubled_by_a_template_that_writes_it_out(tiny: SimpleNamespace) -> None:
    tokenizer = chatting(tiny, "llama-2", LLAMA)
    sentence = encode(1, TEXT, WORDS, CHAT, tokenizer)
    assert sentence.ids.count(tokenizer.bos_token_id) == 1


def test_two_start_tokens_are_warned_of(tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(logs, "remark", told.append)
    written_out = Condition("mine", "<s>", "")
    encode_all(tiny.stimulus_of((TEXT,)), written_out, tiny.tokenizer_of("llama-2"), None)
    assert told == ["Under the condition 'mine' texts begin with two start tokens: leave out the one that is written."]
    encode_all(tiny.stimulus_of((TEXT,)), tiny.noise, tiny.tokenizer_of("llama-2"), None)
    assert len(told) == 1


@pytest.mark.parametrize("style", ["llama-2", "mistral", "llama-3", "gpt-2", "opt", "neox", "qwen2", "bert", "t5"])
@pytest.mark.parametrize("is_spaced", [True, False])
def test_a_suffix_is_outside_as_a_prefix_is(tiny: SimpleNamespace, style: str, is_spaced: bool) -> None:
    tokenizer = tiny.tokenizer_of(style)
    around = Condition("around", "red planet:", "", suffix="- it is cold .", is_spaced=is_spaced)
    sentence = encode(1, TEXT, WORDS, around, tokenizer)
    assert sentence.text == ("red planet: " if is_spaced else "red planet:") + TEXT + " - it is cold ."[not is_spaced :]
    assert sentence.word_count == len(WORDS)
    np.testing.assert_allclose(sentence.shares.sum(axis=1), 1)
    assert (sentence.shares[:, : len(WORDS)].sum(axis=0) > 0).all()
    outside = [t for t in range(len(sentence)) if sentence.shares[t, -1] == 1]
    assert len(outside) >= 6


def test_what_a_condition_without_more_reads_is_as_it_was(tiny: SimpleNamespace) -> None:
    for condition in (tiny.plain, tiny.noise):
        assert condition.surround(TEXT) == (f"{condition.prefix} {TEXT}" if condition.prefix else TEXT)


def test_a_start_token_is_put_first_where_none_is(tiny: SimpleNamespace) -> None:
    tokenizer = copy.deepcopy(tiny.tokenizer_of("gpt-2"))
    with pytest.raises(BadInput, match="its tokenizer knows no start token; leave --bos out"):
        encode(1, TEXT, WORDS, Condition("bos", "", "", adds_start=True), tokenizer)
    tokenizer.bos_token = "<|endoftext|>"
    bare = encode(1, TEXT, WORDS, tiny.plain, tokenizer)
    begun = encode(1, TEXT, WORDS, Condition("bos", "", "", adds_start=True), tokenizer)
    assert begun.ids == (tokenizer.bos_token_id, *bare.ids)
    assert begun.shares[0].tolist() == [0] * len(WORDS) + [1, 0]
    np.testing.assert_array_equal(begun.shares[1:], bare.shares)
    llama = tiny.tokenizer_of("llama-2")
    again = encode(1, TEXT, WORDS, Condition("bos", "", "", adds_start=True), llama)
    assert again.ids == encode(1, TEXT, WORDS, tiny.plain, llama).ids


@pytest.mark.parametrize(
    ("template", "system", "told"),
    [
        ("", "", "has no chat template"),
        (REFUSING, "Be brief.", r"its chat template refuses this \(no system here\); leave --system out"),
        (CHANGING, "", "its chat template changes what is said"),
    ],
    ids=["none", "refusing", "changing"],
)
def test_a_template_that_cannot_be_used_is_told(tiny: SimpleNamespace, template: str, system: str, told: str) -> None:
    tokenizer = chatting(tiny, "llama-3", template)
    with pytest.raises(BadInput, match=told):
        encode(1, TEXT, WORDS, replace(CHAT, system_text=system), tokenizer)


def test_a_template_without_end_is_ended(
    tiny: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chatting(tiny, "llama-3", ENDLESS).save_pretrained(tmp_path)
    monkeypatch.setattr("ingest.attention.tokenizer_trial.SECONDS", 2)
    with pytest.raises(BadInput, match="does not end"):
        try_tokenizer(tmp_path, [TEXT], "tiny", [CHAT.messages(TEXT)])


def test_surroundings_belong_to_the_name_of_a_condition() -> None:
    known = {"plain": Condition("plain", "", ""), "chat": CHAT}
    assert resolve_condition("chat", known) is CHAT
    assert resolve_condition("chat", known, replace(CHAT, name="")) is CHAT
    new = resolve_condition("bare-chat=", known, CHAT)
    assert (new.name, new.prefix, new.is_chat) == ("bare-chat", "", True)
    with pytest.raises(BadInput, match="'plain' is stored with other surroundings"):
        resolve_condition("plain", known, CHAT)
    with pytest.raises(BadInput, match="a system's turn needs a chat; give --chat-template too"):
        resolve_condition("x=y", known, Condition("", "", "", system_text="Be brief."))


def test_attention_under_a_chat_template_is_stored_with_its_condition(
    study: Database, tiny: SimpleNamespace, tmp_path: Path
) -> None:
    tiny.model_of("llama-2").save_pretrained(tmp_path / "tiny")
    chatting(tiny, "llama-2", LLAMA).save_pretrained(tmp_path / "tiny")
    job = Job(str(tmp_path / "tiny"), device="cpu")
    (extraction,) = extractions(job, tiny.stimulus_of(), [replace(CHAT, system_text="Be brief.")])
    sinks = [item[1] for item in contents(extraction) if isinstance(item, tuple) and item[0].name == "attention_sink"]
    assert all((np.asarray(columns["outside_mass"]) > 0).all() for columns in sinks)
    assert extraction.attest()["float32_reference"]["max_abs_difference"] < 1e-5
    given = {"checkpoint": str(tmp_path / "tiny"), "corpus": "simulated", "device": "cpu", "condition": ("chat=Say:",),
             "chat_template": True, "system": "Be brief."}  # fmt: skip
    pipeline.ingest(study, sources()["attention"], [], given, Progress(quiet=True))
    with study.connect(read_only=True) as connection:
        found = connection.execute(
            "SELECT prefix, suffix, is_spaced, is_chat, system_text, adds_start FROM model.condition "
            "WHERE condition = 'chat'"
        ).fetchall()
    assert found == [("Say:", "", True, True, "Be brief.", False)]


STORY = ("It is cold.", "Robots explored the red planet .", "Could humans live on Mars some day?")


def test_previous_sentences_are_those_of_the_article(tiny: SimpleNamespace) -> None:
    stimulus = replace(tiny.stimulus_of(STORY), article=np.array([0, 1, 1]), position=np.array([0, 0, 1]))
    found = contexts(stimulus, "previous-sentences", {})
    assert found == [Context(), Context(), Context((STORY[1],))]
    assert contexts(stimulus, "", {}) == [Context()] * 3


def test_a_page_is_what_was_on_one_screen(tiny: SimpleNamespace) -> None:
    stimulus = tiny.stimulus_of(STORY)
    found = contexts(stimulus, "page", {10: 10, 11: 11, 12: 10})
    assert found == [Context((), (STORY[2],)), Context(), Context((STORY[0],))]
    with pytest.raises(BadInput, match="no two of its sentences were on one screen"):
        contexts(stimulus, "page", {10: 10})


@pytest.mark.parametrize("style", ["llama-2", "gpt-2", "bert"])
def test_attention_within_a_context_is_that_of_the_whole_text(tiny: SimpleNamespace, style: str) -> None:
    tokenizer, engine = tiny.tokenizer_of(style), tiny.engine_of(style)
    context = Context(STORY[:2], (STORY[0],) if style == "bert" else ())
    sentence = encode(1, TEXT, WORDS, Condition("page", "", "", context="page"), tokenizer, context)
    assert sentence.text == context.around(TEXT)
    whole = encode(2, sentence.text, tuple(sentence.text.split()), tiny.plain, tokenizer)
    assert sentence.ids == whole.ids
    found, predicted = tiny.arrays(engine, [sentence])
    wanted, wanted_predictions = tiny.arrays(engine, [whole])
    first = sum(len(text.split()) for text in STORY[:2])
    own = slice(first, first + len(WORDS))
    for layer in engine.layers:
        of_whole = wanted[layer, 2][:, own]
        n = of_whole.shape[2] - 2
        np.testing.assert_allclose(found[layer, 1][:, :, : len(WORDS)], of_whole[:, :, own], atol=1e-6)
        outside = of_whole[:, :, [*range(first), *range(own.stop, n), n + 1]].sum(axis=2)
        np.testing.assert_allclose(found[layer, 1][:, :, -1], outside, atol=1e-6)
        assert found[layer, 1][:, :, -1].min() > 0.05
    for sentence_id, rows in predicted.items():  # so surprisal is that given the context
        np.testing.assert_allclose(rows, wanted_predictions[sentence_id + 1], atol=1e-6)


def test_as_many_sentences_before_are_kept_as_fit(tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(logs, "remark", told.append)
    stimulus, tokenizer = tiny.stimulus_of(STORY * 4), tiny.tokenizer_of("llama-2")
    condition = Condition("story", "", "", context="previous-sentences")
    around = contexts(stimulus, condition.context, {})
    whole, _ = encode_all(stimulus, condition, tokenizer, None, None, around)
    assert [sentence.text for sentence in whole] == [" ".join((STORY * 4)[: n + 1]) for n in range(12)]
    assert told == []
    found, rejections = encode_all(stimulus, condition, tokenizer, 60, None, around)
    assert rejections == []
    for sentence, all_of_it, context in zip(found, whole, around, strict=True):
        assert len(sentence) <= 60 and all_of_it.text.endswith(sentence.text)
        if sentence.text != all_of_it.text:
            one_more = Context(context.before[-sentence.text.count(".") - 5 :])
            assert len(encode(1, TEXT, WORDS, condition, tokenizer, one_more)) > 60
    assert "no room for all sentences before" in told[0]


def test_a_context_is_stored_with_its_condition_and_pages_come_from_readings(
    study: Database, tiny: SimpleNamespace, saved: Callable[[str], Path]
) -> None:
    given = {"checkpoint": str(saved("llama-2")), "corpus": "simulated", "device": "cpu", "context": "page"}
    with pytest.raises(BadInput, match="no two of its sentences were on one screen"):
        pipeline.ingest(study, sources()["attention"], [], given, Progress(quiet=True))
    with study.connect() as connection:
        connection.execute("UPDATE human.reading SET trial_position = sentence_id / 3")
    tally = pipeline.ingest(study, sources()["attention"], [], given, Progress(quiet=True))
    assert tally.inserted > 0
    again = pipeline.ingest(study, sources()["attention"], [], given, Progress(quiet=True))
    assert (again.inserted, again.unchanged) == (0, tally.inserted)
    with study.connect(read_only=True) as connection:
        found = connection.execute(
            "SELECT condition, context, min(m.share), max(m.share) FROM mart.extraction "
            "JOIN model.attention_sink USING (extraction_id) "
            "CROSS JOIN LATERAL (SELECT avg(o) AS share FROM unnest(outside_mass) AS o) AS m "
            "WHERE context <> '' GROUP BY condition, context"
        ).fetchall()
    ((condition, context, least, most),) = found
    assert (condition, context) == ("page", "page")
    assert least == 0 and most > 0.3  # the first sentence of a page has nothing before it


def test_a_context_asks_for_a_condition_of_its_own() -> None:
    assert Job("m", context="page").conditions == ("page=",)
    assert Job("m", context="page", condition=("mine=Read:",)).conditions == ("mine=Read:",)
    assert Job("m").conditions == ("plain",)
    new = resolve_condition("page=", {"plain": Condition("plain", "", "")}, Job("m", context="page").around)
    assert (new.name, new.context, new.prefix) == ("page", "page", "")
    with pytest.raises(BadInput, match="'plain' is stored with other surroundings"):
        resolve_condition("plain", {"plain": Condition("plain", "", "")}, Job("m", context="page").around)
