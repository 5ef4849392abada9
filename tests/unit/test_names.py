"""What a name may be, and how names of old databases are printed."""

import pytest

from warehouse.cli import output
from warehouse.cli.formats import Form
from warehouse.errors import BadInput
from warehouse.plugin.names import (
    LONGEST,
    as_printed,
    check_name,
    control_in,
    markdown_text,
    spreadsheet_text,
)
from warehouse.report.tables import as_csv, as_markdown

GOOD = (
    "gpt2-large", "reading_brain", "meta-llama/Llama-2-7b", "untrained-4x4-on-simulated", "sub-02", "L1", "30B",
    "llama 30B (tuned)", "naïve", "東京", "Ελληνικά", "saccade_count/consecutive", "v1.0+local", "qwen:7b", "हिन्दी",
)  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_names_of_letters_digits_and_a_few_marks_are_taken(name: str) -> None:
    assert check_name(name, "model") == name


BAD = [
    pytest.param("", "has 0 characters", id="nothing"),
    pytest.param("x" * (LONGEST + 1), "has 121 characters", id="too long"),
    pytest.param("evil\x1b[2J", r"holds the character U\+001B", id="an escape"),
    pytest.param("a\nb", r"U\+000A", id="two lines"),
    pytest.param("a\tb", r"U\+0009", id="a tab"),
    pytest.param("a\0b", r"U\+0000", id="NUL"),
    pytest.param("a\x9bm", r"U\+009B", id="a control character of eight bits"),
    pytest.param("=1+1", "does not begin with a letter or digit", id="a formula"),
    pytest.param("@SUM(A1)", "does not begin", id="a formula of old"),
    pytest.param("-x", "does not begin", id="an option"),
    pytest.param(" x", "does not begin", id="a blank before"),
    pytest.param("../x", "does not begin", id="a path"),
    pytest.param("\u0301e", "does not begin", id="an accent before"),
    pytest.param("<script>", "does not begin", id="HTML"),
    pytest.param("a<b>", r"U\+003C", id="HTML within"),
    pytest.param("a&b", r"U\+0026", id="an entity"),
    pytest.param('a"b', r"U\+0022", id="a quote"),
    pytest.param("a|b", r"U\+007C", id="a cell"),
    pytest.param("a`b`", r"U\+0060", id="code"),
    pytest.param("a\\b", r"U\+005C", id="a backslash"),
    pytest.param("abc\u202edef", r"U\+202E", id="backwards"),
    pytest.param("a\u200bb", r"U\+200B", id="of no width"),
    pytest.param("a\u2066b", r"U\+2066", id="an isolate"),
    pytest.param("a\ufeffb", r"U\+FEFF", id="a byte order mark"),
    pytest.param("a\u00adb", r"U\+00AD", id="a soft hyphen"),
    pytest.param("a\u3164b", r"U\+3164", id="a filler"),
    pytest.param("a\ufe0fb", r"U\+FE0F", id="a selector"),
    pytest.param("a\u2028b", r"U\+2028", id="a separator of lines"),
    pytest.param("a\u00a0b", r"U\+00A0", id="a blank that does not break"),
    pytest.param("a\ue000b", r"U\+E000", id="of nobody's use"),
    pytest.param("a\udcffb", r"U\+DCFF", id="half a character"),
    pytest.param("e\u0301", "composed form", id="decomposed"),
    pytest.param("x ", "at its end", id="a blank after"),
    pytest.param("x  y", "stands twice", id="two blanks"),
    pytest.param("क" + "\u0941\u0942\u0943\u0944", "more than 3 accents", id="a heap of accents"),
]


@pytest.mark.parametrize(("name", "said"), BAD)
def test_other_names_are_refused_in_a_sentence_that_can_be_printed(name: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refusal:
        check_name(name, "model", "here")
    assert str(refusal.value).isprintable() and str(refusal.value).isascii()


def test_control_characters_are_found_in_texts_and_within_json() -> None:
    assert control_in({"a": ["b", {"c": "d\x07"}]}) == "U+0007"
    assert control_in({"a\x1b": 1}) == "U+001B"
    assert control_in("two\nlines", "\n") == "" and control_in("two\nlines") == "U+000A"
    assert control_in(["plain", 1, None, "naïve\u00a0"]) == ""


ROWS = [
    {"model": "=cmd|'/c calc'!A1", "r2": -0.5, "text": "<b>\x1b[2Ja|b[x](y)`"},
    {"model": "-1.5", "r2": 1.0, "text": "+x"},
]


def test_what_a_terminal_would_obey_is_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert as_printed("a\x1b[2J\u202eb\n") == r"a\x1b[2J\u202eb\n"
    output.print_rows(ROWS, Form(), {"model": "model", "text": "text"})
    said = capsys.readouterr().out
    assert "\x1b" not in said and r"\x1b[2J" in said


def test_what_a_spreadsheet_would_compute_is_marked_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_rows(ROWS, Form("csv"))
    for text in (capsys.readouterr().out, as_csv(ROWS)):
        assert "'=cmd|'/c calc'!A1,-0.5," in text and "\n-1.5,1.0,'+x" in text and "\x1b" not in text
    assert [spreadsheet_text(value) for value in (-1, None, "@x", " =x", "x=1")] == [-1, None, "'@x", "' =x", "x=1"]


def test_markdown_holds_no_html_and_no_link() -> None:
    assert markdown_text("<img>|[x](y)`") == r"&lt;img&gt;\|\[x\](y)\`"
    assert "<b>" not in as_markdown(ROWS) and "\x1b" not in as_markdown(ROWS)
