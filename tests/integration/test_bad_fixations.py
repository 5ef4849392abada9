"""Fixations, mappings and words that cannot be used: refused in one sentence, and nothing is left of them."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from ingest.fixations.trials import _is_double
from tests.asking import rows
from tests.conftest import cloned
from tests.small_corpus import CHARACTERS, COLUMNS, FACTS, OF_CHARACTERS, ONE_TRIAL, WORDS, Corpus
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.errors import BadInput, WarehouseError


@pytest.fixture(scope="module")
def shared(cluster: EmbeddedServer, template: str) -> Iterator[Database]:
    """One database for all: what is refused leaves it as it was."""
    with cloned(cluster, template) as database:
        yield database


@pytest.fixture
def corpus(tmp_path: Path, shared: Database) -> Corpus:
    return Corpus(tmp_path, shared)


BY_ROW = COLUMNS.replace('order = "index"', 'order = "row"')
MANY = "reader\tpage\tms\tword\n"
MANY_ROWS = [f"anna\tp1\t{ms}\t{ms % 5 + 1}\n" for ms in (201, 187, 242, 316, 98)]
BAD = {
    "a missing column": (ONE_TRIAL, COLUMNS.replace('"ms"', '"dauer"'), WORDS, BadInput,
        r"has no column 'dauer'; its columns are reader, page, index, ms, word"),
    "a page that the words lack": (ONE_TRIAL + "anna\tp7\t8\t100\t1\n", COLUMNS, WORDS, BadInput,
        r"1 of their pages are not in the words file: p7 \(1 fixations\); add their words"),
    "files that do not belong together": (ONE_TRIAL.replace("p1", "x9"), COLUMNS, WORDS, BadInput,
        r"none of their 1 pages \(x9\) is in the words file, which has p1, p2"),
    "a word beyond the text": (ONE_TRIAL.replace("\t4\n", "\t9\n"), COLUMNS, WORDS, BadInput,
        r"line 6: word '9' is not on page p1, whose words are 1 to 5 \(1 such rows\)"),
    "a text for a number": (ONE_TRIAL.replace("\t4\n", "\tfour\n"), COLUMNS, WORDS, BadInput,
        r"line 6: 'four' is not a number of a word"),
    "every row twice": (ONE_TRIAL + ONE_TRIAL.partition("\n")[2], COLUMNS, WORDS, BadInput,
        r"reader anna, page p1: two fixations have the same number; give each fixation once"),
    "a reader on no word": (ONE_TRIAL + "bert\tp1\t1\t100\t.\n", COLUMNS, WORDS, BadInput,
        r"reader bert: has 1 fixations, and none of them is on a word"),
    "durations in seconds": (ONE_TRIAL.replace("00\t", "\t"), COLUMNS, WORDS, BadInput,
        r"name a column in milliseconds"),
    "a mapping that says what none says": (ONE_TRIAL, COLUMNS + "[columms]\n", WORDS, BadInput,
        r"says 'columms', which is not a setting of a mapping; did you mean columns\?"),
    "a mapping without a reader": (ONE_TRIAL, COLUMNS.replace('reader = "reader"\n', ""), WORDS, BadInput,
        r"does not say which column is reader"),
    "two words at one place": (ONE_TRIAL, COLUMNS, WORDS.replace("p1\t2\t1", "p1\t2\t0"), BadInput,
        r"two words have the position 0 of one sentence"),
    "words without a column of pages": (ONE_TRIAL, COLUMNS, WORDS.replace("page", "seite", 1), BadInput,
        r"has no column 'page'; its columns are seite, sentence, position, text"),
    "totals by word": ("PP_NR\tWORD_ID\tWORD_TOTAL_READING_TIME\nx\t1\t250\n", COLUMNS, WORDS, BadInput,
        r"holds totals by word \(as GECO publishes\), and not the fixations"),
    "totals by word of no known name": (
        ONE_TRIAL[:ONE_TRIAL.index("anna")]
        + "".join(f"r{i}\tp1\t{k}\t20{k}\t{k}\n" for i in range(40) for k in range(1, 6)),
        COLUMNS, WORDS, BadInput, r"each is on a later word than the one before.*: these are totals by word"),
    "a spreadsheet": ("PK\x03\x04 and so on", COLUMNS, WORDS, BadInput, r"is a spreadsheet or an archive"),
    "every row twice, one after the other, without numbers and starts": (
        MANY + "".join(2 * line for line in MANY_ROWS), BY_ROW, WORDS, BadInput,
        r"reader anna, page p1: its fixations stand twice; give each fixation once"),
    "all rows twice, without numbers and starts": (MANY + 2 * "".join(MANY_ROWS), BY_ROW, WORDS, BadInput,
        r"reader anna, page p1: its fixations stand twice; give each fixation once"),
    "one file twice": ({"a.tsv": ONE_TRIAL, "b.tsv": ONE_TRIAL}, COLUMNS, WORDS, BadInput,
        r"b\.tsv: holds the same as another of the files; give each file once"),
    "a page read again without a column that tells": (ONE_TRIAL + ONE_TRIAL.partition("\n")[2].replace("00", "10"),
        COLUMNS, WORDS, BadInput, r"where a page was read again, name the column that tells: \[columns\] reading"),
    "readings that are named": (ONE_TRIAL, COLUMNS + 'reading = "word"', WORDS, BadInput,
        r"readings are named '\.', '1', '2', '3', '4'; name a column of numbers, or of True and False"),
    "a column that stands twice": (ONE_TRIAL.replace("\tindex", "\tword"), BY_ROW, WORDS, BadInput,
        r"has the column 'word' twice; keep the one that is right"),
    "a row that is too short": (ONE_TRIAL + "anna\tp1\t8\n", COLUMNS, WORDS, BadInput,
        r"line 9: holds 3 values where the header names 5"),
    "a link of git-annex": ("/annex/objects/MD5E-s1--00.tsv\n", COLUMNS, WORDS, BadInput,
        r"content was not fetched; run `git annex get`"),
    "an empty file": ("", COLUMNS, WORDS, BadInput, r"fixations\.tsv: is empty; fetch it again"),
    "another corpus": ("who\tscreen\tms\nanna\tp1\t100\n", COLUMNS, WORDS, BadInput,
        r"has no column 'reader'; its columns are who, screen, ms"),
    "a reader in two groups": (ONE_TRIAL.replace("p1\t7", "p2\t7").replace("600\t2", "600\t1"),
        COLUMNS + 'group = "page"', WORDS, BadInput,
        r"the reader anna is of the group 'p2' here, and of 'p1' before; name a column that tells groups"),
    "characters of two words": (ONE_TRIAL, COLUMNS + '[word]\ncounts = "character"',
        "page\ttext\tfirst\tlast\np1\tone\t1\t3\np1\ttwo\t3\t6\n", BadInput,
        r"page p1: the characters of the words 'one' and 'two' overlap"),
    "UTF-16 that is none": (ONE_TRIAL, COLUMNS + '[files]\nencoding = "utf-16"', WORDS, BadInput,
        r"fixations\.tsv: is not in utf-16 \(UTF-16 stream does not start with BOM\); say which encoding"),
    "a separator of two characters": (ONE_TRIAL, COLUMNS + '[files]\nseparator = "ab"', WORDS, BadInput,
        r"\[files\]: separator = 'ab' is not one character"),
    "an unknown kind of pairs": (ONE_TRIAL, FACTS + 'pairs = "sentense"\n' + COLUMNS, WORDS, BadInput,
        r"\[corpus\]: pairs = 'sentense'; give one of 'sentence', 'page'"),
    "the number of the first word as text": (ONE_TRIAL, COLUMNS + '[word]\nbase = "1"', WORDS, BadInput,
        r"\[word\]: base = '1' is not a whole number"),
    "a name of files that names a field twice": (ONE_TRIAL, COLUMNS + '[files]\nname = "{a}{a}"', WORDS, BadInput,
        r"fixations\.tsv: cannot be told by '\{a\}\{a\}': redefinition of group name"),
    "a language by its name": (ONE_TRIAL, FACTS.replace('"da"', '"Danish"') + COLUMNS, WORDS, BadInput,
        r"\[corpus\]: language = 'Danish' is not a code of a language; give it as BCP 47 does"),
    "a corpus without a licence": (ONE_TRIAL, FACTS.replace("CC BY 4.0", "") + COLUMNS, WORDS, BadInput,
        r"\[corpus\]: does not say licence; add it"),
    "a reader left out without a reason": (ONE_TRIAL, COLUMNS + '[readers]\nexclude = {anna = " "}', WORDS, BadInput,
        r"leaves 'anna' out without a reason"),
    "a quotation mark that opens a word and closes in another row": (
        ONE_TRIAL.replace("\t1\n", '\t"1\n').replace("\t3\n", '\t3"\n'), COLUMNS, WORDS, BadInput,
        r"line 2: a quotation mark makes one row of 3 lines; where quotes are part of words, write quote = ''"),
    "durations in microseconds": (ONE_TRIAL.replace("00\t", "00000\t"), COLUMNS, WORDS, BadInput,
        r"durations are 300000 in the middle, and .*, or say its unit"),
    "starts since 1970": (ONE_TRIAL.replace("00\t", "1700000000000\t"),
        COLUMNS.replace("duration_ms", "start_ms") + 'duration_ms = {value = "100"}', WORDS, BadInput,
        r"a start is no time of a recording in ms; give times from the start of the recording, say their unit"),
    "starts that are no numbers": (ONE_TRIAL, COLUMNS + 'start_ms = "page"', WORDS, BadInput,
        r"line 2: 'p1' is not a number, as start_ms is; name a column of numbers, or leave start_ms out"),
    "an order of names": (ONE_TRIAL, COLUMNS.replace('"index"', '"page"'), WORDS, BadInput,
        r"line 2: 'p1' is not a number, as order is; .* or write order = 'row'"),
    "a fixation of nobody": (ONE_TRIAL.replace("anna\tp1\t7", "NA\tp1\t7"), COLUMNS, WORDS, BadInput,
        r"line 8: a fixation has no reader: 'NA' \(1 such rows\)"),
    "two sentences of one name": (ONE_TRIAL, COLUMNS, WORDS.replace("p2\t1", "p1/2\t1"), BadInput,
        r"sentence '2' of page p1 and page p1/2 would both be called p1/2; rename one of the pages"),
    "a word of what nobody sees": (ONE_TRIAL, COLUMNS, WORDS.replace("Alone.", "\u200b"), BadInput,
        r"line 7: has no text that is seen"),
    "a word of no page": (ONE_TRIAL, COLUMNS, WORDS.replace("p2", ""), BadInput, r"line 7: has no page"),
    "a number of a word that would fill the memory": (ONE_TRIAL.replace("\t4\n", "\t999999999\n"),
        'words = "from fixations"\n' + FACTS.format(name="mine") + COLUMNS + '[checks]\nword_text = "reader"', None,
        BadInput, r"line 6: word 999999999 of page p1 is beyond 1,000 words"),
    "an infinite character": (ONE_TRIAL, COLUMNS + '[word]\ncounts = "character"',
        "page\ttext\tfirst\tlast\np1\tone\t1\tinf\n", BadInput, r"line 2, last: 'inf' is not a number"),
    "a header alone": (ONE_TRIAL.partition("\n")[0] + "\n", COLUMNS, WORDS, BadInput,
        r"hold no fixations; give files with rows below the header"),
    "R data": ("X\n\0\0", COLUMNS, WORDS, BadInput, r"is an R data file, and not a table in a text file; write it"),
    "bytes that are no text": ("a\0b\n", COLUMNS, WORDS, BadInput, r"holds bytes that are 0, as no text does"),
    "a unit of what is no time": (
        ONE_TRIAL, COLUMNS.replace('"page"', '{column = "page", unit = "s"}'), WORDS, BadInput,
        r"\[columns\] page: unit = 's'; give a start, an end or a duration one of s, ms, us, ns"),
    "a column without a name": (ONE_TRIAL, COLUMNS.replace('"page"', '{column = "", match = "x"}'), WORDS, BadInput,
        r"\[columns\] page: .* is not a column"),
    "no words at all": (ONE_TRIAL, COLUMNS, None, BadInput, r"give --words FILE, one row a word"),
}  # fmt: skip


@pytest.mark.parametrize(("fixations", "mapping", "words", "kind", "told"), BAD.values(), ids=BAD)
def test_what_cannot_be_used_is_refused_in_one_sentence_and_leaves_no_trace(
    corpus: Corpus,
    fixations: str | dict[str, str],
    mapping: str,
    words: str | None,
    kind: type[WarehouseError],
    told: str,
):
    with pytest.raises(kind, match=told) as refused:
        corpus.ingest(fixations, mapping, words)
    assert refused.value.exit_code == 3
    for name in ("stimulus.corpus", "human.subject", "ops.unit"):
        assert rows(corpus.database, f"SELECT count(*) FROM {name}") == [(0,)]


@pytest.mark.parametrize("shift", [1, -1])
def test_a_text_out_of_step_is_told_by_how_much(corpus: Corpus, shift: int):
    words = ["one", "two", "three", "four", "five", "six"]
    text = "page\ttext\n" + "".join(f"p1\t{word}\n" for word in words)
    said = [(number, words[number - 1 + shift]) for number in range(2, 6)]
    fixations = "reader\tpage\tindex\tms\tword\tlabel\n" + "".join(
        f"a\tp1\t{i}\t200\t{number}\t{name}\n" for i, (number, name) in enumerate(said)
    )
    with pytest.raises(BadInput, match=r"the words of page p1 are shifted by one: fixations on 'two' name"):
        corpus.ingest(fixations, COLUMNS + '[checks]\nword_text = "label"', text)


def test_a_character_of_no_word_is_refused(corpus: Corpus):
    drawn = "fixation_index\tfixation_duration\taoi\n1\t100\t2\n2\t110\t10\n"
    with pytest.raises(BadInput, match=r"line 3: the character '10' of page b0 belongs to no word"):
        corpus.ingest({"reader0_b0.tsv": drawn}, OF_CHARACTERS, CHARACTERS)


def test_a_link_that_leads_nowhere_is_told_as_such(corpus: Corpus):
    loop = corpus.folder / "loop.tsv"
    loop.symlink_to(loop)
    with pytest.raises(BadInput, match=r"loop\.tsv: is a link to what is not there; repair it"):
        corpus.ingest_files([loop])


def test_a_folder_is_no_file_and_files_of_macos_are_left_out(corpus: Corpus):
    with pytest.raises(BadInput, match=r"is a folder; give its files, e\.g\. .*\*\.tsv"):
        corpus.ingest_files([corpus.folder])
    with pytest.raises(BadInput, match="was given nothing to read; name files of fixations"):
        corpus.ingest_files([corpus.write("._fixations.tsv", "any")])


@pytest.mark.parametrize(
    "damage", [lambda packed: packed[:-20], lambda packed: packed[:40] + packed[44:]], ids=["cut", "bad"]
)
def test_a_packed_file_that_is_damaged_is_refused(corpus: Corpus, damage: Callable[[bytes], bytes]):
    path = corpus.folder / "fixations.tsv.gz"
    path.write_bytes(damage(gzip.compress(ONE_TRIAL.encode())))
    with pytest.raises(BadInput, match=r"fixations\.tsv\.gz: cannot be read \(.*\); check its perm"):
        corpus.ingest_files([path])


def test_a_few_fixations_that_are_alike_are_no_doubled_ones():
    assert not _is_double(np.array([(1, 200.0), (2, 200.0)] * 4, dtype=[("word", "i4"), ("duration", "f8")]))
