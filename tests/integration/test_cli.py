"""The command line: data on standard output, remarks on standard error, and an exit code that says what went wrong."""

import csv
import io
import json
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import pytest

from ingest.attention.untrained import save_untrained
from tests.command_line import Warehouse
from tools.commands import commands
from warehouse.cli import cli
from warehouse.cli.ending import INTERRUPTED, TERMINATED
from warehouse.cli.formats import Form
from warehouse.cli.show import show
from warehouse.compute.selection import COLUMNS, choices_of
from warehouse.database.columns import columns_of
from warehouse.database.connection import Database
from warehouse.database.server import EmbeddedServer
from warehouse.plugin.registry import analyses
from warehouse.schema import migrations

CHOICE = ["--measure", "count", "--rule", "consecutive"]


@pytest.fixture
def on_study(warehouse: Warehouse, study: Database) -> Warehouse:
    """The command line on a simulated study with its results."""
    return lambda *arguments: warehouse("--dsn", study.dsn, *arguments)


def test_every_command_and_every_option_has_a_help(warehouse: Warehouse):
    seen = list(commands())
    assert {("db", "upgrade"), ("ingest", "reading-brain"), ("compute", "human-resemblance")} <= {
        path for path, _ in seen
    }
    for path, command in seen:
        said = warehouse(*path, "--help")
        assert (said.code, said.err) == (0, ""), path
        assert said.out.startswith("Usage: warehouse"), path
        assert command.help, path
        assert_has_an_example(path, said.out)
        assert [option.name for option in command.params if isinstance(option, click.Option) and not option.help] == []


def assert_has_an_example(path: tuple[str, ...], page: str) -> None:
    """The page ends in a call of the command, or of one in it, that can be given."""
    (call,) = re.findall(r"^  Example:\n    (warehouse .*)$", page, re.MULTILINE)
    words = shlex.split(call)[1:]
    assert words[: len(path)] == list(path), call
    command, context = cli, None
    while isinstance(command, click.Group):
        context = command.make_context("warehouse", words, parent=context)
        _, command, words = command.resolve_command(context, [*context._protected_args, *context.args])
    command.make_context("warehouse", words, parent=context)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("compute Human-Resemblance", "Did you mean 'human-resemblance'?", id="analysis in another case"),
        pytest.param("show noise_celling", "Did you mean 'noise-ceiling'", id="analysis to show"),
        pytest.param("show Resemblance_Leaderboard", "Did you mean 'leaderboard'?", id="summary by its view's name"),
        pytest.param("show resemblance-in-context", "or 'context'?", id="summary by the end of its view's name"),
        pytest.param("shwo", "Did you mean 'show'?", id="command"),
        pytest.param("ingest reading", "Did you mean 'reading-brain'?", id="source by its beginning"),
        pytest.param("db upgrde", "Did you mean 'upgrade'", id="command of a group"),
    ],
)
def test_a_command_that_is_not_there_is_told_with_those_near_it(warehouse: Warehouse, line: str, said: str):
    answer = warehouse(*line.split())
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_former_names_of_options_are_understood_and_told(on_study: Warehouse):
    chosen = ["compute", "trivial-reliance", "--dry-run", "--corpus", "simulated"]
    former, now = on_study(*chosen, "--patterns=trivial"), on_study(*chosen, "--pattern", "trivial")
    assert former.out == now.out != ""
    assert (
        former.err
        == f"--patterns is called --pattern now; its former name is understood in this version only.\n{now.err}"
    )
    assert "--patterns" not in on_study("compute", "trivial-reliance", "--help").out
    with_region = on_study("ingest", "roi-values", "/nowhere", "--roi", "r", "--group", "L1", "--corpus", "simulated")
    assert with_region.err.startswith("--roi is called --region now")
    assert "/nowhere: no such file or directory" in with_region.err


@pytest.mark.parametrize(
    ("given", "renamed"),
    [
        pytest.param("--checkpoint /nowhere --model mine", [], id="names of now"),
        pytest.param("--model /nowhere", ["--model is called --checkpoint"], id="the place alone"),
        pytest.param("--model /nowhere --name mine", ["--model is called", "--name is called --model"], id="both"),
        pytest.param("--checkpoint /nowhere --name mine", ["--name is called --model"], id="one of each"),
    ],
)
def test_a_model_is_a_name_everywhere_and_its_place_a_checkpoint(on_study: Warehouse, given: str, renamed: list[str]):
    answer = on_study("ingest", "attention", "--corpus", "simulated", "--device", "cpu", *given.split())
    *remarks, refused = [line for line in answer.err.splitlines() if not line.startswith(" ")]
    assert [remark[: len(told)] for remark, told in zip(remarks, renamed, strict=True)] == renamed
    assert answer.code == 3
    assert "/nowhere" in refused


def test_an_analysis_can_be_chosen_by_what_its_views_have_and_by_nothing_else(study: Database):
    columns = {**COLUMNS, "measure": "quantity"}
    with study.connect(read_only=True) as connection:
        for name, analysis in analyses().items():
            offered = {*columns_of(connection, analysis.over)}
            found = {
                option for option, column in columns.items() if offered & {column, f"left_{column}", f"right_{column}"}
            } | ({"corpus"} if "corpus_id" in offered else set())  # fmt: skip
            assert set(choices_of(analysis)) == found - ({"region"} if analysis.quantities else set()), name


def test_a_choice_of_corpus_restricts_what_knows_corpora_by_number_only(on_study: Warehouse, study: Database):
    with study.connect() as connection:
        connection.execute(
            "INSERT INTO stimulus.corpus (corpus, language, licence, citation) VALUES ('other', 'en', 'x', 'x')"
        )
    asked = ["--quiet", "compute", "trivial-reliance", "--dry-run", "--corpus"]
    assert on_study(*asked, "simulated").out.count("simulated/") == 24
    assert on_study(*asked, "other").out == ""


def test_the_exit_codes_are_told_where_one_looks(warehouse: Warehouse):
    told = " ".join(warehouse("--help").out.split())
    for code in (
        "0 done",
        "2 a wrong option",
        "3 input",
        "4 no database",
        "5 the schema",
        "6 stored",
        "7 another",
        "8 the",
        "9 worker",
        "10 a run",
        "11 the server",
    ):
        assert code in told
    assert f"{INTERRUPTED} interrupted" in told
    assert f"{TERMINATED} terminated" in told


def test_the_version_is_told(warehouse: Warehouse):
    assert warehouse("--version").out.startswith("warehouse, version ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["compute", "nothing"], "No such command 'nothing'", id="command"),
        pytest.param(["compute", "human-resemblance", "--nothing"], "No such option", id="option"),
        pytest.param(["compute", "human-resemblance", "--measure", "length"], "'length' is not one of", id="choice"),
        pytest.param(
            ["ingest", "simulated-readers", "--readers", "many"], "'many' is not a valid integer", id="number"
        ),
        pytest.param(["ingest", "reading-brain"], "Missing", id="missing"),
        pytest.param(
            ["compute", "ridge-resemblance", "--penalties", "nan"], "'nan' is not a number", id="a number that is none"
        ),
    ],
)
def test_a_wrong_option_exits_with_2(warehouse: Warehouse, arguments: list[str], said: str):
    answer = warehouse(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


@pytest.mark.parametrize("command", ["compute", "show"])
def test_an_unknown_model_is_told_with_those_that_are_known(on_study: Warehouse, command: str):
    answer = on_study(command, "human-resemblance", "--model", "simulated-smal")
    assert (answer.code, answer.out) == (3, "")
    assert "did you mean 'simulated-small'" in answer.err
    assert "did you mean 'simulated-small'?" in on_study(command, "human-resemblance", "--model", "Simulated_Small").err
    assert "simulated-large" in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        pytest.param(["ingest", "reading-brain", "nowhere", "--sentences", "nothing.txt"], "no", id="files"),
        pytest.param(["ingest", "simulated-readers", "--readers", "1"], "--readers: 1 is too small; give", id="value"),
        pytest.param(
            ["compute", "human-resemblance", "--leave-out", "t.99.99"], "t.99.99: no such sentence", id="label"
        ),
    ],
)
def test_input_that_cannot_be_used_exits_with_3_in_one_sentence(on_study: Warehouse, arguments: list[str], where: str):
    answer = on_study(*arguments)
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.startswith("Error: ")
    assert where in answer.err
    assert answer.err.count("\n") == 1
    assert "Traceback" not in answer.err


def test_a_server_that_does_not_answer_exits_with_4(warehouse: Warehouse):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        dsn = f"postgresql://me:secret@127.0.0.1:{nobody.getsockname()[1]}/warehouse"
        answer = warehouse("--dsn", dsn, "db", "check")
    assert (answer.code, answer.out) == (4, "")
    assert "No PostgreSQL server answers at 127.0.0.1" in answer.err
    assert "secret" not in answer.err


def test_a_wrong_password_exits_with_4_and_says_where_to_correct_it(warehouse: Warehouse, study: Database):
    answer = warehouse("--dsn", study.dsn.replace(f":{study.password()}@", ":wrong@"), "show", "noise-ceiling")
    assert (answer.code, answer.out) == (4, "")
    assert "refuses the password of warehouse: correct it in --dsn" in answer.err


def test_an_empty_database_exits_with_5_and_the_remedy_works(warehouse: Warehouse, empty_database: Database):
    on = ("--dsn", empty_database.dsn)
    for command in (
        ["ingest", "simulated-readers"],
        ["compute", "noise-ceiling"],
        ["show", "noise-ceiling"],
        ["db", "check"],
    ):
        answer = warehouse(*on, *command)
        assert (answer.code, answer.out) == (5, "")
        assert "run `warehouse db upgrade`" in answer.err
    assert warehouse(*on, "ingest", "simulated-readers", "--dry-run", "--upgrade").code == 2
    loaded = warehouse(*on, "ingest", "simulated-readers", "--readers", "3", "--upgrade")
    assert (loaded.code, loaded.err.splitlines()[0].split(" is at ")[1]) == (0, f"schema revision {migrations.head()}.")
    upgraded = warehouse(*on, "db", "upgrade")
    assert upgraded.code == 0
    assert warehouse(*on, "db", "check").code == 0


def test_ingest_offers_to_make_the_schema_of_an_empty_database(
    warehouse: Warehouse, empty_database: Database, monkeypatch: pytest.MonkeyPatch
):
    line = ["--dsn", empty_database.dsn, "ingest", "simulated-readers", "--readers", "3"]
    monkeypatch.setattr("sys.stdin", Typed("n\n"))
    declined = warehouse(*line)
    assert (declined.code, "is empty: make the warehouse's schema in it? [Y/n]" in declined.err) == (5, True)
    monkeypatch.setattr("sys.stdin", Typed("\n"))
    assert warehouse(*line).out.startswith("simulated_readers: ")


class Typed(io.StringIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


def test_another_seed_differs_from_what_is_stored_and_exits_with_6(on_study: Warehouse):
    answer = on_study("ingest", "simulated-readers", "--readers", "4", "--seed", "1")
    assert (answer.code, answer.out) == (6, "")
    assert "stored is" in answer.err


def test_nothing_to_do_is_said_and_exits_with_0(on_study: Warehouse):
    assert on_study("ingest", "simulated-readers", "--readers", "4").out.startswith(
        "simulated_readers: nothing to do; 0 "
    )
    assert on_study("compute", "human-resemblance", *CHOICE).out == (
        "noise_ceiling: nothing to do; 0 inserted, 2 unchanged, 0 rejected\n"
        "human_resemblance: nothing to do; 0 inserted, 48 unchanged, 0 rejected\n"
    )


def test_counts_come_as_json(on_study: Warehouse):
    answer = on_study("--quiet", "ingest", "simulated-readers", "--readers", "4", "--json")
    told = json.loads(answer.out)
    assert told.keys() == {"name", "dry_run", "inserted", "unchanged", "rejected"}
    assert (told["name"], told["dry_run"], told["inserted"], told["rejected"]) == ("simulated_readers", False, 0, 0)
    assert told["unchanged"] > 0


def test_results_come_as_json_and_csv_with_all_columns_of_their_view(on_study: Warehouse):
    as_json = json.loads(on_study("show", "human-resemblance", "--json").out)
    as_csv = list(csv.DictReader(io.StringIO(on_study("show", "human-resemblance", "--csv").out)))
    assert len(as_json) == len(as_csv) == 4 * 2
    assert list(as_json[0]) == list(as_csv[0])
    assert {"model", "r2", "ceiling", "resemblance", "usage_warnings", "run_id"} <= as_json[0].keys()
    assert [float(row["r2"]) for row in as_csv] == [row["r2"] for row in as_json]
    assert as_json[0]["resemblance"] == pytest.approx(as_json[0]["r2"] / as_json[0]["ceiling"], abs=1e-12)


def test_formats_hold_the_same_rows_and_short_flags_are_two_of_them(on_study: Warehouse, study: Database):
    shown = ["show", "noise-ceiling"]
    as_json = on_study(*shown, "--format", "json").out
    assert on_study(*shown, "--json").out == as_json == on_study(*shown, "--json", "--format", "json").out
    assert on_study(*shown, "--csv").out == on_study(*shown, "--format", "csv").out
    heading, sides, *lines = on_study(*shown, "--format", "markdown").out.splitlines()
    rows = json.loads(as_json)
    assert heading.startswith("| corpus | measure | group | kind | ceiling | SE |")
    assert sides.startswith("| --- | --- | --- | --- | ---: | ---: |")
    assert [line.split(" | ")[4] for line in lines] == [f"{row['ceiling']:.4f}" for row in rows]


def test_parquet_has_a_column_for_each_of_the_view(study: Database):
    parquet = pytest.importorskip("pyarrow.parquet")
    command = [sys.executable, "-m", "warehouse", "--dsn", study.dsn, "show", "noise-ceiling", "--format"]
    told = {
        form: subprocess.run([*command, form], capture_output=True, check=True).stdout for form in ("parquet", "json")
    }
    assert parquet.read_table(io.BytesIO(told["parquet"])).to_pylist() == json.loads(told["json"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--json", "--csv"], "--json and --csv contradict each other: give one of them.", id="flags"),
        pytest.param(["--format", "table", "--json"], "--format table and --json contradict each other", id="mixed"),
        pytest.param(["--wide", "--format", "csv"], "--wide is for tables, and --format csv prints none", id="wide"),
        pytest.param(["--format", "xml"], "'xml' is not one of 'table', 'csv', 'json', 'markdown', 'parquet'", id="no"),
    ],
)
def test_formats_that_contradict_each_other_exit_with_2(warehouse: Warehouse, options: list[str], said: str):
    answer = warehouse("show", "noise-ceiling", *options)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_tables_fit_a_terminal_of_80_columns_and_wide_ones_have_all(on_study: Warehouse):
    for line in ("show human-resemblance", "show noise-ceiling", "show leaderboard", "show context", "runs", "runs 1",
                 "explain 1", "plan",
                 "dictionary", "dictionary layer_curve", "capacity --sentences 100", "db checksums"):  # fmt: skip
        widest = max(on_study(*line.split()).out.splitlines(), key=len)
        assert len(widest) <= 80, widest
    wide = on_study("show", "human-resemblance", "--wide").out
    assert max(map(len, wide.splitlines())) > 150
    assert "Not shown" not in wide and "adjusted %" in wide.splitlines()[0]
    narrow = on_study("show", "human-resemblance").out
    (not_shown,) = re.findall(r"Not shown: (.*?) \(--wide", narrow.replace("\n", " "))
    assert {"stage", "SE", "adjusted R2"} <= set(not_shown.split(", "))


def test_a_summary_of_several_analyses_is_shown_by_a_name_of_its_own(on_study: Warehouse):
    chosen = ["--corpus", "simulated", "--group", "L1", "--json"]
    board = json.loads(on_study("show", "leaderboard", *chosen).out)
    assert [row["leaderboard_rank"] for row in board] == [1, 2, 3, 4]
    assert board[0]["model"] == "simulated-large"
    context = json.loads(on_study("show", "context", "--model", "simulated-small", *chosen).out)
    assert [(row["model"], row["measure"]) for row in context] == [("simulated-small", "saccade_count/consecutive")]
    assert on_study("show", "context", "--measure", "count").code == 2


def test_layers_are_shown_on_request_and_a_choice_restricts(on_study: Warehouse):
    chosen = ["--layers", "--model", "simulated-small", "--group", "L2", "--json"]
    curve = json.loads(on_study("show", "human-resemblance", *chosen).out)
    assert [(row["model"], row["language_group"], row["layer"]) for row in curve] == [
        ("simulated-small", "L2", layer) for layer in range(4)
    ]


def test_a_table_has_a_line_per_row_under_its_heading_and_tells_once_what_is_the_same(on_study: Warehouse):
    answer = on_study("show", "human-resemblance", "--wide")
    heading, rule, *lines = answer.out.splitlines()
    assert heading.split()[0] == "model" and "R2/ceiling %" in heading
    assert set(rule) == {"-", " "}
    assert len([line for line in lines if line.startswith("simulated-")]) == 4 * 2
    (same,) = [line for line in lines if line.startswith("In every row: ")]
    assert "condition plain" in same and "corpus simulated" in same and "measure saccade_count/consecutive" in same


OWN_VIEW = """
CREATE VIEW mart.own AS
SELECT reader, group_size, 0.25::double precision AS resemblance, own_measure, remark, NULL::text AS why, own_id
FROM (VALUES ('b', 3, 0.5::double precision, 'x', 7), ('a', 3, NULL, 'x', 8))
    AS own (reader, group_size, own_measure, remark, own_id)
"""


def test_every_column_of_a_view_of_ones_own_is_printed(study: Database, capsys: pytest.CaptureFixture[str]):
    with study.connect(autocommit=True) as connection:
        connection.execute(OWN_VIEW)
    show(study, "noise_ceiling", "mart.own", {}, Form())
    assert capsys.readouterr().out.splitlines() == [
        "reader  own measure",
        "------  -----------",
        "a                 -",
        "b            0.5000",
        "In every row: group size 3, R2/ceiling % 25.00, remark x.",
        "Empty: why.",
    ]
    with study.connect(autocommit=True) as connection:
        connection.execute("CREATE OR REPLACE VIEW mart.own AS SELECT * FROM (" + OWN_VIEW.partition("AS\n")[2] +
                           ") AS own WHERE reader = 'b'")  # fmt: skip
    show(study, "noise_ceiling", "mart.own", {}, Form())
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["reader", "b"], ["group", "size", "3"], ["R2/ceiling", "%", "25.00"], ["own", "measure", "0.5000"],
        ["remark", "x"], ["Empty:", "why."],
    ]  # fmt: skip


def test_results_that_are_not_there_are_missed_with_the_command_that_makes_them(on_study: Warehouse):
    answer = on_study("show", "human-resemblance", "--measure", "duration")
    assert (answer.code, answer.out) == (3, "")
    assert "warehouse compute human-resemblance" in answer.err


def test_a_dry_run_of_compute_tells_each_unit_and_why(on_study: Warehouse):
    chosen = ["--measure", "duration", "--rule", "consecutive", "--group", "L1", "--model", "simulated-small"]
    answer = on_study("compute", "human-resemblance", "--dry-run", *chosen)
    layers = [f"simulated/simulated-small/plain/raw/{layer}/saccade_duration/consecutive/L1" for layer in range(4)]
    assert [line.split() for line in answer.out.splitlines()[2:]] == [
        ["noise_ceiling"], ["simulated/saccade_duration/consecutive/L1", "missing"], [],
        ["human_resemblance"], *([layer, "missing"] for layer in layers),
    ]  # fmt: skip
    assert max(map(len, answer.out.splitlines())) <= 80
    assert answer.err == "5 units to do, 0 stand.\n"
    as_json = json.loads(on_study("compute", "human-resemblance", "--dry-run", "--json", *chosen).out)
    assert [unit["analysis"] for unit in as_json] == ["noise_ceiling"] + ["human_resemblance"] * 4
    assert [unit["unit"] for unit in as_json[1:]] == layers


def test_a_dry_run_of_ingest_says_what_would_be(warehouse: Warehouse, new_database: Database):
    answer = warehouse("--dsn", new_database.dsn, "ingest", "simulated-readers", "--readers", "3", "--dry-run")
    assert answer.out.startswith("simulated_readers: would be: ")
    with new_database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM ops.run").fetchone() == (0,)


def test_quiet_says_nothing_but_data(on_study: Warehouse):
    for line in (
        "ingest simulated-readers --readers 4",
        "compute noise-ceiling --measure duration",
        "compute human-resemblance --dry-run",
        "show noise-ceiling",
    ):
        assert on_study("--quiet", *line.split()).err == ""


def test_progress_goes_to_a_terminal_only_and_never_among_the_data(new_database: Database):
    command = [
        sys.executable,
        "-m",
        "warehouse",
        "--dsn",
        new_database.dsn,
        "ingest",
        "simulated-readers",
        "--json",
    ]
    done = subprocess.run([*command, "--readers", "3"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["inserted"] > 0
    assert done.stderr == ""


def test_the_demo_may_be_repeated_on_a_server_of_the_users_own(warehouse: Warehouse, cluster: EmbeddedServer):
    directory = Path(tempfile.mkdtemp(prefix="aw", dir="/tmp"))
    second = EmbeddedServer(directory, cluster.binaries, volatile=True)
    try:
        second.ensure_running()
        first = warehouse("--dsn", second.dsn(), "demo")
        assert (first.code, first.err) == (0, "")
        again = warehouse("--dsn", second.dsn(), "demo")
        assert "human_resemblance: nothing to do; 0 inserted" in again.out
        assert again.out[again.out.index("\n\n") :] == first.out[first.out.index("\n\n") :]
        save_untrained(directory / "my-model", ["it is cold ."], 2, 2, seed=1)
        with_model = warehouse("--dsn", second.dsn(), "demo", "--checkpoint", str(directory / "my-model"))
        assert (with_model.code, with_model.err) == (0, "")
        assert "my-model" in with_model.out[with_model.out.index("Human resemblance") :]
        nowhere = warehouse("--dsn", second.dsn(), "demo", "--checkpoint", "./nowhere")
        assert (nowhere.code, nowhere.err.count("\n")) == (3, 1)
        assert "nowhere: no such file or directory" in nowhere.err
        for line in first.out[first.out.index("Next:") :].splitlines()[1:]:
            words = shlex.split(line)
            assert words[0] == "warehouse"
            if words[1] not in ("dashboard", "db"):
                assert warehouse("--dsn", second.dsn(), *words[1:]).code == 0, line
    finally:
        second.stop()
        shutil.rmtree(directory)
