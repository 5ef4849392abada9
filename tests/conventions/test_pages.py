"""The generated pages are those of this code, the cookbook's answers are right, and no column is without meaning."""

import csv
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.rows import dict_row

from tests.conventions.conftest import Documented
from tools import commands, pages, transcripts
from tools.diagram import diagram
from tools.star import star
from warehouse.cli import cli
from warehouse.cli.context import CommandContext
from warehouse.database.connection import Database
from warehouse.errors import UnknownName
from warehouse.schema.dictionary import NUMBERS, Relation, relation_named, relations
from warehouse.schema.fields import FIELDS
from warehouse.schema.star import DIMENSIONS
from warehouse.schema.tables import metadata

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def found(study: Database) -> list[Relation]:
    with study.connect(read_only=True) as connection:
        return relations(connection)


GENERATED = [
    "docs/cookbook.md", "docs/data-dictionary.md", "docs/schema.svg", "docs/star.svg", pages.PICTURE, commands.PAGE
]  # fmt: skip
TRANSCRIBED = [*transcripts.OF_THE_DEMO, *transcripts.GOING_ON]
OF_REAL_DATA = ["docs/first-real-study.md"]
"""Its output is compared in `tests/real`."""


@pytest.mark.parametrize("path", [*GENERATED, *TRANSCRIBED])
def test_a_page_says_what_the_program_prints(documented: Documented, path: str):
    assert (ROOT / path).read_text() == documented.pages[path], "run `python -m tools.pages`"


def has_output(page: str) -> bool:
    """Tell whether a page shows what a command or a statement prints."""
    return "```text\nx\n" in transcripts.filled(page, lambda kind, block: "x")


def test_every_block_of_output_is_compared_with_the_program():
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    with_output = {path.relative_to(ROOT).as_posix() for path in documents if has_output(path.read_text())}
    assert with_output <= {*GENERATED, *TRANSCRIBED, *OF_REAL_DATA}
    for path in TRANSCRIBED:
        text = (ROOT / path).read_text()
        assert "".join(transcripts.filled(text, lambda kind, block: "x")).count("```text\nx\n```") == text.count(
            "```text"
        )


def test_output_that_is_another_is_put_right():
    page = "```console\nwarehouse runs\n```\n\n  ```text\n  old\n  ```\n\nProse.\n\n```text\nnot of a command\n```\n"
    assert transcripts.filled(page, lambda kind, block: f"{kind}: {block}") == page.replace(
        "  old\n", "  console: warehouse runs\n"
    )


def test_the_examples_of_claims_and_warnings_are_there(study: Database):
    with study.connect(read_only=True) as connection:
        for name, table in (("statement", "result.claim"), ("usage_warning", "ops.usage_warning")):
            found = {value for (value,) in connection.execute(f"SELECT {name} FROM {table}".encode())}
            assert FIELDS[name].example in found, name


def test_commands_that_name_a_place_of_the_readers_are_left_alone():
    assert transcripts.LEFT_ALONE.search("warehouse ingest roi-values DATA/x.pkl --region angular --group L1")
    assert transcripts.LEFT_ALONE.search("warehouse db stop")
    assert not transcripts.LEFT_ALONE.search("warehouse show human-resemblance --json")


def test_the_cookbook_asks_thirty_questions():
    headers = [path.read_text().partition("\n--\n")[0] for path in pages.QUESTIONS]
    assert len(headers) == 30
    assert all(re.fullmatch(r"-- [A-Z][^\n]*\?", header) for header in headers)
    assert [path.stem[:2] for path in pages.QUESTIONS] == [f"{number:02}" for number in range(1, 31)]


def asked(study: Database, number: int) -> list[dict[str, object]]:
    with study.connect(read_only=True) as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(pages.QUESTIONS[number - 1].read_text()).fetchall()


def test_l2_readers_are_found_to_look_back_more_in_sentences_of_any_length(study: Database):
    answer = asked(study, 3)
    assert sum(row["sentences"] for row in answer) == 40
    assert all(row["l2"] > row["l1"] for row in answer)


def test_looks_back_add_up_to_all_of_them(study: Database):
    for group in ("l1_percent", "l2_percent"):
        assert float(sum(row[group] for row in asked(study, 8))) == pytest.approx(100, abs=0.3)


def test_the_heads_of_the_best_layer_look_back_most_and_the_planted_ones_at_the_previous_word(study: Database):
    assert {row["layer"] for row in asked(study, 12)[:4]} == {5}
    assert (asked(study, 13)[0]["layer"], asked(study, 13)[0]["head"] % 4) == (5, 1)


def test_a_larger_model_is_found_to_be_more_alike(study: Database):
    gains = [row["gain"] for row in asked(study, 20) if row["gain"] is not None]
    assert len(gains) == 4 and min(gains) > 0


def test_tuning_is_found_to_have_cost_resemblance_and_never_to_have_raised_it(study: Database):
    assert {row["alternative"] for row in asked(study, 23)} == {"lower"}


def test_reliance_by_hand_is_that_of_the_analysis(study: Database):
    by_hand = {row["reader"]: row["patterns"] for row in asked(study, 25)}
    with study.connect(read_only=True) as connection:
        found = dict(connection.execute("SELECT reader, r2 FROM mart.reader_reliance_default").fetchall())
    assert {who: round(found[who], 4) for who in by_hand} == {who: float(r2) for who, r2 in by_hand.items()}


def test_every_column_has_meaning_type_unit_example_and_source(found: list[Relation]):
    for relation in found:
        assert relation.description, relation.name
        for entry in relation.entries:
            where = f"{relation.name}.{entry.column}"
            assert entry.meaning and entry.type and entry.example and entry.source, where
            assert bool(entry.unit) or entry.type.removesuffix("[]") not in NUMBERS, where


def test_a_column_says_where_it_is_from(found: list[Relation]):
    def source(relation: str, column: str) -> str:
        return next(e.source for e in relation_named(found, relation).entries if e.column == column)

    assert source("human.saccade", "subject_id") == "-> human.subject"
    assert source("result.human_resemblance", "r2") == "warehouse compute human-resemblance"
    assert source("mart.human_resemblance", "model") == "model.language_model"
    assert source("mart.attention_cell", "weight") == "computed in this view"
    assert source("ops.run", "job") == "the run ledger"


def test_the_catalogue_says_what_the_declarations_say(found: list[Relation]):
    tables = {relation.name: relation for relation in found if relation.kind == "table"}
    assert set(tables) == {table.fullname for table in metadata.sorted_tables}
    for table in metadata.sorted_tables:
        assert [entry.column for entry in tables[table.fullname].entries] == list(table.c.keys())
        assert {e.column for e in tables[table.fullname].entries if e.is_key} == set(table.primary_key.keys())


def test_the_diagram_shows_every_table_once_and_nothing_overlaps(found: list[Relation]):
    drawing = ElementTree.fromstring(diagram([relation for relation in found if relation.kind == "table"]))
    groups = drawing.findall("{*}g")
    assert sorted(group.find("{*}title").text.partition(":")[0] for group in groups) == sorted(
        table.fullname for table in metadata.sorted_tables
    )
    boxes = [[int(group.find("{*}rect").get(name)) for name in ("x", "y", "width", "height")] for group in groups]
    for i, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[:i]:
            apart = x >= other_x + other_width or other_x >= x + width
            assert apart or y >= other_y + other_height or other_y >= y + height


def test_the_star_shows_every_mart_that_leads_to_a_dimension(found: list[Relation]):
    drawing = ElementTree.fromstring(star([relation for relation in found if relation.schema == "mart"]))
    shown = {
        group.find("{*}title").text.partition(":")[0]
        for group in drawing.findall("{*}g")
        if group.find("{*}title") is not None
    }
    leading = {relation.name for relation in found if any(entry.leads_to for entry in relation.entries)}
    dimensions = {f"mart.{name}" for name in DIMENSIONS.values()}
    assert shown == {name for name in leading if not name.endswith("_default")} - dimensions


def test_the_command_prints_a_view_by_its_bare_name_and_lists_all_without_one(study: Database):
    run = CliRunner()
    shown = run.invoke(
        cli,
        ["--dsn", study.dsn, "dictionary", "attention_cell", "--wide"],
        obj=CommandContext(),
        catch_exceptions=False,
    )
    assert shown.output.startswith("view mart.attention_cell\n\nWhat one head attends to")
    assert re.search(r"^weight +real +0 to 1 +Attention of the head from word to word", shown.output, re.MULTILINE)
    listed = run.invoke(cli, ["--dsn", study.dsn, "dictionary", "--json"], catch_exceptions=False)
    (mart,) = json.loads(listed.output)["sources"]
    assert mart["name"] == "mart" and mart["tables"][0]["name"] == "attention_cell"
    with pytest.raises(UnknownName, match=r"did you mean 'mart\.saccade_cell'"):
        run.invoke(cli, ["--dsn", study.dsn, "dictionary", "sacade_cell"], catch_exceptions=False)


def test_every_view_of_mart_can_be_read_whole_and_copied_as_csv(study: Database, found: list[Relation]):
    with psycopg.connect(study.dsn) as connection:
        for relation in found:
            if relation.schema == "mart":
                question = f"COPY (SELECT * FROM {relation.name} LIMIT 3) TO STDOUT (FORMAT csv, HEADER)"
                with connection.cursor() as cursor, cursor.copy(question) as copy:
                    text = b"".join(copy).decode()
                assert next(csv.reader(text.splitlines())) == [entry.column for entry in relation.entries]
