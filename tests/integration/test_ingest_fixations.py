"""`warehouse ingest fixations`: corpora in their own formats, each loaded by a mapping and no Python."""

from pathlib import Path

import pytest

from ingest.fixations.mapping import SHIPPED, shipped
from tests.asking import rows
from tests.command_line import Warehouse
from tests.small_corpus import (
    CHARACTERS,
    COLUMNS,
    FACTS,
    OF_CHARACTERS,
    ONE_TRIAL,
    WORDS,
    Corpus,
    ingest,
    table,
)  # fmt: skip
from warehouse.database.connection import Database
from warehouse.errors import BadInput, StoredDiffers, UnknownName


@pytest.fixture
def corpus(tmp_path: Path, new_database: Database) -> Corpus:
    return Corpus(tmp_path, new_database)


def test_word_numbers_without_times_break_chains_where_the_eye_was_elsewhere(corpus: Corpus):
    corpus.ingest(ONE_TRIAL, COLUMNS)
    assert corpus.fixations() == [
        ("anna", "p1/1", 1, 0, 0, None, 100),
        ("anna", "p1/1", 1, 1, 1, None, 200),
        ("anna", "p1/1", 1, 5, 0, None, 500),
        ("anna", "p1/1", 1, 6, 1, None, 600),
        ("anna", "p1/2", 1, 2, 0, None, 300),
        ("anna", "p1/2", 1, 3, None, None, 150),
        ("anna", "p1/2", 1, 4, 1, None, 400),
    ]
    assert corpus.transitions() == [("anna", "p1/1", 1, 0, 1, 2, 800)]
    assert corpus.transitions("first_three") == [
        ("anna", "p1/1", 1, 0, 1, 2, 800),
        ("anna", "p1/2", 1, 0, 1, 1, 400),
    ]


def test_by_page_they_count_across_sentences_too(corpus: Corpus):
    mapping = FACTS.format(name="mine") + 'pairs = "page"\n' + COLUMNS
    corpus.ingest(ONE_TRIAL, mapping)
    assert corpus.transitions() == [
        ("anna", "p1", 1, 0, 1, 2, 800),
        ("anna", "p1", 1, 1, 2, 1, 300),
        ("anna", "p1", 1, 3, 0, 1, 500),
    ]
    assert rows(corpus.database, "SELECT pair_unit, sentence_count FROM mart.corpus") == [("page", 2)]


def test_numbers_may_count_within_sentences_and_be_written_as_pandas_writes_them(corpus: Corpus):
    fixations = table("""
        reader page sentence index ms    word
        anna   p1   1        1.0   100.0 0.0
        anna   p1   1        2.0   200.0 1.0
        anna   p1   2        3.0   300.0 2.0
        anna   p1   2        4.0   150.0 -1.0
        anna   p1   2        5.0   400.0 0.0
    """)
    mapping = COLUMNS + 'sentence = "sentence"\n[word]\nbase = 0\nwithin = "sentence"\noff = ["-1"]'
    corpus.ingest(fixations, mapping)
    assert [row[1:5] for row in corpus.fixations()] == [
        ("p1/1", 1, 0, 0), ("p1/1", 1, 1, 1), ("p1/2", 1, 2, 2), ("p1/2", 1, 3, None), ("p1/2", 1, 4, 0)
    ]  # fmt: skip


def test_characters_are_found_by_a_map_and_a_reader_of_two_names_is_one(corpus: Corpus):
    drawn = "fixation_index\tfixation_duration\taoi\n1\t100\t2\n2\t110\t9\n3\t120\t5\n4\t130\t4\n5\t140\t12\n"
    corpus.ingest({"reader0_b0.tsv": drawn}, OF_CHARACTERS, CHARACTERS)
    assert [row[:2] + row[3:5] for row in corpus.fixations()] == [
        ("0", "b0/0", 0, 0), ("0", "b0/0", 1, 1), ("0", "b0/0", 2, 1), ("0", "b0/0", 3, None), ("0", "b0/1", 4, 0),
    ]  # fmt: skip
    assert len(FACTS.strip().splitlines() + OF_CHARACTERS.strip().splitlines()) <= 25


def test_the_map_may_list_the_characters_of_a_word(corpus: Corpus):
    mapping = COLUMNS + '[word]\ncounts = "character"\n[words]\npage = "page"\ntext = "text"\ncharacter = "ids"'
    words = 'page\ttext\tids\np1\tto\u00a0be\t"[1, 2, 3, 4, 5]"\np1\tdone\t"[7, 8, 9, 10]"\n'
    corpus.ingest("reader\tpage\tindex\tms\tword\na\tp1\t1\t100\t10\na\tp1\t2\t100\t4\n", mapping, words)
    assert [row[4] for row in corpus.fixations()] == [1, 0]
    assert rows(corpus.database, "SELECT word_text FROM stimulus.word ORDER BY word_position") == [
        ("to\u00a0be",), ("done",)
    ]  # fmt: skip
    assert rows(corpus.database, "SELECT word_count FROM stimulus.sentence") == [(2,)]


def test_a_fixation_report_with_commas_marks_labels_and_a_byte_order_mark_loads(corpus: Corpus):
    mapping = """
[files]
decimal = ","
quote = ""
[columns]
reader = "RECORDING_SESSION_LABEL"
group = {value = "native"}
page = ["speechid", "paragraphid"]
order = "row"
start_ms = {column = "CURRENT_FIX_LABEL", match = "^(\\\\d+)"}
duration_ms = "CURRENT_FIX_DURATION"
word = "AREA"
[word]
off = ["."]
[skip]
speechid = ["practice"]
[groups]
native = "Native readers of Danish"
"""
    fixations = "\ufeff" + table("""
        RECORDING_SESSION_LABEL speechid paragraphid CURRENT_FIX_LABEL CURRENT_FIX_DURATION AREA
        P01 practice 1 7-x  99,0  1
        P01 18       2 20-y 120,5 1
        P01 18       2 200  80,0  2
    """)
    words = "page\ttext\n18/2\tEn\n18/2\ttekst\n"
    corpus.ingest(fixations, mapping, words)
    assert corpus.fixations() == [("P01", "18/2", 1, 0, 0, 20, 120), ("P01", "18/2", 1, 1, 1, 200, 80)]
    told = rows(corpus.database, "SELECT description FROM human.language_group WHERE language_group = 'native'")
    assert told == [("Native readers of Danish",)]


def test_a_page_read_again_is_a_second_reading(corpus: Corpus):
    fixations = table("""
        reader page again index ms  word
        anna   p1   False 1     100 1
        anna   p1   False 2     200 2
        anna   p1   True  1     300 2
        anna   p1   True  2     400 1
    """)
    corpus.ingest(fixations, COLUMNS + 'reading = "again"')
    assert corpus.transitions() == [("anna", "p1/1", 1, 0, 1, 1, 200), ("anna", "p1/1", 2, 1, 0, 1, 400)]
    found = rows(corpus.database, "SELECT DISTINCT reading_ordinal, trial_position, trial_label FROM human.reading "
                                  "ORDER BY 1")  # fmt: skip
    assert found == [(1, 0, "p1"), (2, 1, "p1")]
    assert rows(corpus.database, "SELECT reading FROM mart.measure WHERE saccade_rule = 'consecutive' "
                                 "AND quantity = 'saccade_count' ORDER BY 1") == [("1",), ("2",), ("all",)]  # fmt: skip


def test_rows_that_are_skipped_break_chains_as_a_number_left_out_does(corpus: Corpus):
    fixations = table("""
        reader page index ms  word bad
        anna   p1   1     100 1    0
        anna   p1   2     100 2    1
        anna   p1   3     100 2    0
        anna   p1   5     100 1    0
        anna   p1   6     100 2    0
    """)
    corpus.ingest(fixations, COLUMNS + '[skip]\nbad = ["1"]')
    assert [row[3:5] for row in corpus.fixations()] == [(0, 0), (2, 1), (4, 0), (5, 1)]
    assert corpus.transitions() == [("anna", "p1/1", 1, 0, 1, 1, 100)]


def test_an_order_that_does_not_count_only_sorts(corpus: Corpus):
    fixations = table("""
        reader page index ms  word
        anna   p1   900   100 2
        anna   p1   350   100 1
        anna   p1   1200  100 2
    """)
    corpus.ingest(fixations, COLUMNS)
    assert [row[3:5] for row in corpus.fixations()] == [(0, 0), (1, 1), (2, 1)]


def test_words_may_come_from_the_fixations_and_those_unseen_carry_a_warning(corpus: Corpus):
    fixations = table("""
        reader page index ms  word text
        anna   p1   1     100 1    Fixations
        anna   p1   2     100 3    chains.
    """)
    mapping = 'words = "from fixations"\n' + FACTS.format(name="mine") + COLUMNS + '[checks]\nword_text = "text"'
    corpus.ingest(fixations, mapping, None)
    assert rows(corpus.database, "SELECT sentence_text, usage_warnings FROM mart.sentence") == [
        ("Fixations ␣ chains.", ["words_unseen"])
    ]


def test_the_same_again_is_nothing_to_do_and_another_batch_of_readers_is_added(corpus: Corpus):
    first = corpus.ingest(ONE_TRIAL, COLUMNS)
    assert first.inserted > 0
    again = corpus.ingest(ONE_TRIAL, COLUMNS)
    assert (again.inserted, again.unchanged) == (0, first.inserted)
    more = corpus.ingest(ONE_TRIAL.replace("anna", "bert"), COLUMNS)
    assert more.inserted > 0
    assert rows(corpus.database, "SELECT subject_label FROM human.subject ORDER BY 1") == [("anna",), ("bert",)]


def test_readers_the_mapping_excludes_are_loaded_and_left_out_with_the_reason(corpus: Corpus):
    corpus.ingest(ONE_TRIAL, COLUMNS + '[readers]\nexclude = {anna = "calibration lost"}')
    assert rows(corpus.database, "SELECT subject_label, excluded_because FROM mart.exclusion") == [
        ("readers/anna", "calibration lost")
    ]


def test_a_trial_that_no_eye_makes_is_rejected_and_the_others_are_loaded(corpus: Corpus):
    lines = ["reader\tpage\tindex\tms\tword\tstart"]
    for reader in range(12):
        lines += [f"r{reader}\tp1\t1\t100\t1\t0", f"r{reader}\tp1\t2\t100\t2\t{50 if reader == 3 else 150}"]
    tally = corpus.ingest("\n".join(lines) + "\n", COLUMNS + 'start_ms = "start"')
    assert tally.rejected == 1
    assert rows(corpus.database, "SELECT place, reason, offending_text FROM ops.rejection") == [
        ("reader r3, page p1", "a fixation begins before the one before it has ended", "1 such fixations")
    ]
    assert len(corpus.transitions()) == 11


def test_boxes_that_overlap_are_refused_and_a_point_is_on_the_word_whose_box_holds_it(corpus: Corpus):
    words = "page\ttext\tleft\ttop\tright\tbottom\np1\tone\t0\t0\t50\t20\np1\ttwo\t50\t0\t90\t20\n"
    mapping = COLUMNS.replace('word = "word"', 'x = "x"\ny = "y"') + '[word]\ncounts = "place"'
    points = table("""
        reader page index ms  x    y
        anna   p1   1     100 0    0
        anna   p1   2     100 49.9 19.9
        anna   p1   3     100 50   0
        anna   p1   4     100 50   20
        anna   p1   5     100 .    .
    """)
    with pytest.raises(BadInput, match="page p1: the boxes of the words 'one' and 'two' overlap"):
        corpus.ingest(points, mapping, words.replace("two\t50", "two\t49"))
    corpus.ingest(points, mapping, words)
    assert [row[4] for row in corpus.fixations()] == [0, 0, 1, None, None]


def test_two_mappings_that_say_different_facts_of_one_corpus_are_refused(corpus: Corpus):
    corpus.ingest(ONE_TRIAL, COLUMNS)
    other = FACTS.format(name="mine").replace("CC BY 4.0", "all rights reserved") + COLUMNS
    with pytest.raises(StoredDiffers, match=r"licence 'CC BY 4.0', offered is licence 'all rights reserved'"):
        corpus.ingest(ONE_TRIAL.replace("anna", "bert"), other)


def test_a_mapping_that_is_not_there_is_told_with_those_that_come_along(corpus: Corpus):
    with pytest.raises(UnknownName, match=r"no such mapping file; known: .*drift"):
        ingest(corpus.database, [corpus.write("f.tsv", ONE_TRIAL)], mapping="nowhere.toml")


NATIVE = {
    "celer": (
        "RECORDING_SESSION_LABEL\tsentenceid\tCURRENT_FIX_INDEX\tCURRENT_FIX_START\tCURRENT_FIX_DURATION\t"
        "CURRENT_FIX_INTEREST_AREA_ID\tCURRENT_FIX_INTEREST_AREA_LABEL\n"
        "l10_1\t17\t1\t5\t200\t1\tWe\nl10_1\t17\t2\t250\t180\tn/a\tn/a\nl10_1\t17\t3\t500\t190\t2\tread.\n",
        "page\tposition\ttext\n17\t0\tWe\n17\t1\tread.\n", "fix.tsv",
    ),
    "onestop": (
        "participant_id,article_id,paragraph_id,difficulty_level,repeated_reading_trial,CURRENT_FIX_INDEX,"
        "CURRENT_FIX_START,CURRENT_FIX_DURATION,CURRENT_FIX_INTEREST_AREA_INDEX,CURRENT_FIX_INTEREST_AREA_LABEL\n"
        "l1,1,2,Adv,False,1,5,200,1,We\nl1,1,2,Adv,False,2,250,180,.,.\nl1,1,2,Adv,False,3,500,190,2,read.\n",
        "page\tposition\ttext\n1/2/Adv\t0\tWe\n1/2/Adv\t1\tread.\n", "fix.csv",
    ),
    "emtec": (
        "subject_id\titem_id\tmodel\tdecoding_strategy\tfixation_index\tfixation_duration\tword_id\n"
        "ET_01\titem01\tphi2\tgreedy\t1\t200\t0\nET_01\titem01\tphi2\tgreedy\t2\t180\t-1\n"
        "ET_01\titem01\tphi2\tgreedy\t3\t190\t1\n",
        "page\tposition\ttext\nitem01/phi2/greedy\t0\tWe\nitem01/phi2/greedy\t1\tread.\n", "fix.tsv",
    ),
    "potec": (
        "fixation_index\tfixation_duration\taoi\n1\t200\t1\n2\t180\t3\n3\t190\t6\n",
        "text_id\tsent_index_in_text\tword_index_in_text\tword\taoi\nb0\t1\t1\tWe\t1\nb0\t1\t1\tWe\t2\n"
        "b0\t1\tNA\tNA\t3\nb0\t1\t2\tread.\t4\nb0\t1\t2\tread.\t5\nb0\t1\t2\tread.\t6\n", "reader7_b0_scanpath.tsv",
    ),
    "copco": (
        "\ufeffRECORDING_SESSION_LABEL\tspeechid\tparagraphid\tCURRENT_FIX_LABEL\tCURRENT_FIX_DURATION\t"
        "CURRENT_FIX_INTEREST_AREA_ID\nP01\t1327\t1\t1\t99,0\t1\nP01\t7\t1\t[5]\t200,0\t1\nP01\t7\t1\t[250]\t180,0\t.\n"
        "P01\t7\t1\t[500]\t190,0\t5\n",
        "speechId\tparagraphId\tsentenceId\twordId\tword\tchar_IA_ids\n"
        "7\t1\t0\t0\tWe\t[1, 2]\n7\t1\t0\t1\tread.\t[4, 5]\n",
        "P01.txt",
    ),
    "sbsat": (
        "RECORDING_SESSION_LABEL,page_name,CURRENT_FIX_DURATION,CURRENT_FIX_INTEREST_AREA_ID\n"
        "msd001,reading-dickens-1,200,1\nmsd001,reading-dickens-1,180,.\nmsd001,reading-dickens-1,190,2\n",
        "page\tposition\ttext\nreading-dickens-1\t0\tWe\nreading-dickens-1\t1\tread.\n", "18sat_fixfinal.csv",
    ),
    "provo": (
        "Participant_ID,Text_ID,CURRENT_FIX_START,CURRENT_FIX_DURATION,CURRENT_FIX_INTEREST_AREA_ID,"
        "CURRENT_FIX_INTEREST_AREA_LABEL\nSub01,1,5,200,1,We\nSub01,1,250,180,.,.\nSub01,1,500,190,2,\u201cread.\u201d\n",
        "page\tposition\ttext\n1\t0\tWe\n1\t1\tread.\n", "Provo.csv",
    ),
    "meco": (
        '"uniform_id"\t"itemid"\t"start"\t"dur"\t"ianum"\n"en_1"\t1\t5\t200\t1\n"en_1"\t1\t250\t180\tNA\n'
        '"en_1"\t1\t500\t190\t2\n',
        "page\tposition\ttext\n1\t0\tWe\n1\t1\tread.\n", "joint_fix.txt",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in shipped() if name != "drift"])
def test_a_shipped_mapping_reads_a_file_in_the_corpuss_own_format(corpus: Corpus, name: str):
    text, words, file = NATIVE[name]
    path = corpus.write(file, text, "mac-roman" if name == "provo" else "utf-8")
    ingest(corpus.database, [path], mapping=name, words=(corpus.write("words.tsv", words),))
    assert [(row[4], row[6]) for row in corpus.fixations()] == [(0, 200), (None, 180), (1, 190)]
    assert rows(corpus.database, "SELECT corpus FROM mart.corpus") == [(name,)]


def test_every_shipped_mapping_says_whether_it_was_tried_on_the_real_files():
    for name in shipped():
        begun = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8").partition("[corpus]")[0]
        assert ("Tried on the real files" in begun) == (name == "drift")
        assert ("Written from its documentation, not tried on" in " ".join(begun.replace("#", " ").split())) == (
            name != "drift"
        )


def test_a_header_suggests_a_mapping_that_needs_only_its_facts(corpus: Corpus, warehouse: Warehouse):
    at = ["--dsn", corpus.database.dsn, "ingest", "fixations"]
    path = corpus.write("report.csv", NATIVE["onestop"][0])
    said = warehouse(*at, str(path), "--suggest")
    assert said.code == 0, said.err
    assert "# Its columns are those of onestop: try --mapping onestop first" in said.out
    assert 'reader = "participant_id"' in said.out
    assert 'reading = "repeated_reading_trial"' in said.out
    assert 'word_text = "CURRENT_FIX_INTEREST_AREA_LABEL"' in said.out
    (corpus.folder / "own.toml").write_text(said.out.replace('page = "paragraph_id"', 'page = "article_id"'))
    words = corpus.write("words.tsv", NATIVE["onestop"][1].replace("1/2/Adv", "1"))
    loaded = warehouse(*at, str(path), "--mapping", str(corpus.folder / "own.toml"), "--words", str(words))
    assert loaded.code == 0, loaded.err
    refused = warehouse(*at, str(corpus.write("geco.csv", "PP_NR,WORD_GAZE_DURATION\nx,250\n")), "--suggest")
    assert (refused.code, "totals by word" in refused.err) == (3, True)


def test_a_trial_run_shows_the_first_trial_counts_and_what_is_rejected_and_writes_nothing(
    corpus: Corpus, warehouse: Warehouse
):
    toml = corpus.write("mapping.toml", FACTS.format(name="mine") + COLUMNS)
    files = [str(corpus.write("f.tsv", ONE_TRIAL)), "--mapping", str(toml)]
    words = ["--words", str(corpus.write("words.tsv", WORDS))]
    said = warehouse("--dsn", corpus.database.dsn, "ingest", "fixations", *files, *words, "--dry-run")
    assert said.code == 0, said.err
    assert said.out.splitlines()[:5] == [
        "Reader anna (readers), p1: the words, and below each its fixations (from 0; 1 of",
        "7 on no word)",
        "",
        "Fixations  break.  Chains  do  too.",
        "0 5        1 6     2       4",
    ]
    assert "anna    readers       1          7          14.29         0" in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    assert rows(corpus.database, "SELECT count(*) FROM human.subject") == [(0,)]


def test_an_ingest_sums_up_what_was_loaded_rejected_and_left_out(corpus: Corpus, warehouse: Warehouse):
    lines = ["reader\tpage\tindex\tms\tword\tstart"]
    for reader in range(12):
        lines += [f"r{reader}\tp1\t1\t100\t1\t0", f"r{reader}\tp1\t2\t100\t.\t{50 if reader == 3 else 150}"]
    toml = FACTS.format(name="mine") + COLUMNS + 'start_ms = "start"\n[readers]\nexclude = {r5 = "calibration lost"}'
    files = [str(corpus.write("f.tsv", "\n".join(lines) + "\n")), "--mapping", str(corpus.write("m.toml", toml))]
    words = ["--words", str(corpus.write("words.tsv", WORDS))]
    said = warehouse("--dsn", corpus.database.dsn, "ingest", "fixations", *files, *words)
    assert said.code == 0, said.err
    assert "12 readers, 11 trials, 22 fixations, 50.0% of them on no word." in said.err
    assert "Rejected: 1 (a fixation begins before the one before it has ended)." in said.err
    assert "Left out: 1 (calibration lost)." in said.err


TWICE = table("""
    reader page again index ms  word
    anna   p1   1     1     100 1
    anna   p1   1     2     200 2
    anna   p1   2     1     300 2
    anna   p1   2     2     400 1
    bert   p2   1     1     300 1
""")


def test_an_export_takes_trials_and_readings_along_and_who_is_forgotten_is_gone(
    corpus: Corpus, empty_database: Database, warehouse: Warehouse, tmp_path: Path
):
    corpus.ingest(TWICE, COLUMNS + 'reading = "again"\ngroup = {value = "native"}\n[groups]\nnative = "Native readers"')
    before = (corpus.fixations(), corpus.transitions())
    assert warehouse("--dsn", corpus.database.dsn, "export", "parquet", str(tmp_path / "out")).code == 0
    assert warehouse("--dsn", empty_database.dsn, "db", "upgrade").code == 0
    imported = warehouse("--dsn", empty_database.dsn, "import", str(tmp_path / "out"))
    assert imported.code == 0, imported.err
    other = Corpus(tmp_path, empty_database)
    assert (other.fixations(), other.transitions()) == before
    assert rows(empty_database, "SELECT reading FROM mart.measure WHERE quantity = 'saccade_count' AND "
                                "saccade_rule = 'consecutive' ORDER BY 1") == [("1",), ("2",), ("all",)]  # fmt: skip
    gone = warehouse("--dsn", empty_database.dsn, "forget", "subject", "native/anna", "--yes")
    assert gone.code == 0, gone.err
    assert [row[0] for row in other.fixations()] == ["bert"]
    assert other.transitions() == []


def test_names_are_the_same_with_the_point_that_pandas_adds(corpus: Corpus):
    corpus.ingest(ONE_TRIAL.replace("p1", "17.0").replace("anna", "3.0"), COLUMNS, WORDS.replace("p1", "17"))
    assert {row[:2] for row in corpus.fixations()} == {("3", "17/1"), ("3", "17/2")}


def test_readings_may_be_told_apart_by_the_number_of_the_trial(corpus: Corpus):
    fixations = table("""
        reader page trial index ms  word
        anna   p2   3     1     100 1
        anna   p1   12    1     100 1
        anna   p1   41    1     300 2
        bert   p1   20    1     400 1
    """)
    corpus.ingest(fixations, COLUMNS + 'reading = "trial"')
    assert [row[:3] for row in corpus.fixations()] == [
        ("anna", "p1/1", 1), ("anna", "p2", 1), ("anna", "p1/1", 2), ("bert", "p1/1", 1)
    ]  # fmt: skip


def test_a_reader_and_a_page_may_stand_in_the_names_of_folder_and_file(corpus: Corpus):
    for reader in ("anna", "bert"):
        (corpus.folder / reader).mkdir()
    files = [corpus.write(f"{reader}/p1.tsv", f"ms\tword\n{ms}\t1\n") for reader, ms in (("anna", 100), ("bert", 200))]
    mapping = '[files]\nname = "{reader}/{page}.tsv"\n[columns]\nduration_ms = "ms"\nword = "word"'
    corpus.ingest_files(files, mapping)
    assert [row[:2] + row[6:] for row in corpus.fixations()] == [("anna", "p1/1", 100), ("bert", "p1/1", 200)]


def test_where_everybody_is_excluded_it_is_told(corpus: Corpus, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    corpus.ingest(ONE_TRIAL, COLUMNS + '[readers]\nexclude = {anna = "calibration lost"}')
    assert any(message.startswith("Nobody is left: the mapping excludes every reader") for message in caplog.messages)


def test_a_report_in_utf_16_with_decimal_commas_loads_by_what_is_suggested(corpus: Corpus, warehouse: Warehouse):
    report = "\r\n".join([
        "RECORDING_SESSION_LABEL\tpage_id\tCURRENT_FIX_INDEX\tCURRENT_FIX_DURATION\tCURRENT_FIX_INTEREST_AREA_ID",
        "v01\tp1\t1\t212,5\t1", "v01\tp1\t2\t180,0\t.", "v01\tp1\t3\t190,0\t3", "",
    ])  # fmt: skip
    path = corpus.write("report.txt", report, "utf-16")
    said = warehouse("--dsn", corpus.database.dsn, "ingest", "fixations", str(path), "--suggest")
    assert said.code == 0, said.err
    assert 'decimal = ","' in said.out
    corpus.ingest_files([path], said.out)
    assert [row[4:] for row in corpus.fixations()] == [(0, None, 212), (None, None, 180), (0, None, 190)]


UNKNOWN = "Proband;Durchgang;Satz;Dauer;Wortnr\n" + "".join(
    f"é{reader};1;s{place % 2};{100 + place};{place % 3 - 1}\n" for reader in (1, 2) for place in range(6)
)


def test_columns_of_no_known_name_are_guessed_and_marked_as_such(corpus: Corpus, warehouse: Warehouse):
    path = corpus.write("report.csv", UNKNOWN, "latin-1")
    said = warehouse("--dsn", corpus.database.dsn, "ingest", "fixations", str(path), "--suggest")
    assert said.code == 0, said.err
    for line in (
        'separator = ";"',
        'encoding = "latin-1"  # it is not UTF-8; or "cp1252", "mac-roman": look at letters with accents',
        'reader = "Proband"    # not sure: guessed from its name',
        'duration_ms = "Dauer"    # not sure: guessed from its name',
        'word = "Wortnr"    # not sure: guessed from its name',
        "base = 0              # the number of the first word",
        'off = ["-1"]     # numbers that mean: on no word',
        '# page = "?"    # needed; the columns are Proband, Durchgang, Satz, Dauer, Wortnr',
    ):
        assert line in said.out.splitlines()


def test_a_text_and_a_map_of_its_characters_may_be_two_files(corpus: Corpus):
    text = corpus.write("text.tsv", "text_id\tsent\tword_no\ttoken\nb0\t0\t0\tDer\nb0\t0\t1\tSatz.\nb0\t1\t2\tEnde.\n")
    chars = ["text_id\tword_no\taoi", *(f"b0\t0\t{n}" for n in (1, 2, 3)), "b0\tNA\t4",
             *(f"b0\t1\t{n}" for n in range(5, 10)), *(f"b0\t2\t{n}" for n in (11, 12))]  # fmt: skip
    the_map = corpus.write("map.tsv", "\n".join(chars) + "\n")
    mapping = corpus.write(
        "m.toml", FACTS.format(name="mine") + OF_CHARACTERS.replace('"word"\ncharacter', '"token"\ncharacter')
    )
    drawn = "fixation_index\tfixation_duration\taoi\n1\t100\t2\n2\t110\t9\n3\t120\t4\n4\t140\t12\n"
    path = corpus.write("reader0_b0.tsv", drawn)
    ingest(corpus.database, [path], mapping=str(mapping), words=(the_map, text))
    assert [row[:2] + row[3:5] for row in corpus.fixations()] == [
        ("0", "b0/0", 0, 0), ("0", "b0/0", 1, 1), ("0", "b0/0", 2, None), ("0", "b0/1", 3, 0)
    ]  # fmt: skip
    words = rows(corpus.database, "SELECT word_text FROM stimulus.word ORDER BY sentence_id, word_position")
    assert [word for (word,) in words] == ["Der", "Satz.", "Ende."]


def test_a_words_file_may_have_a_sentence_a_row_and_a_table_of_r_the_names_of_its_rows(corpus: Corpus):
    fixations = 'reader page index ms word\n"1" "a" "p1" 1 100 2\n"2" "a" "p1" 2 200 3\n'
    mapping = COLUMNS + '[words]\npage = "id"\nwords = "whole"'
    corpus.ingest(fixations, mapping, "id\twhole\np1\tOne two  three.\n")
    assert [row[4] for row in corpus.fixations()] == [1, 2]
    assert rows(corpus.database, "SELECT sentence_text FROM mart.sentence") == [("One two three.",)]
