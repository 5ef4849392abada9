"""Checksums of tables: what changes them and what does not."""

import functools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from tests.conftest import STUDY
from warehouse import pipeline
from warehouse.database.connection import Database
from warehouse.plugin.contents import Extraction, Unit
from warehouse.plugin.registry import sources
from warehouse.progress import Progress
from warehouse.transfer import checksums

MADE = ["made"]


def sums(connection: psycopg.Connection, *, values_only: bool = False) -> dict[str, str]:
    """Give the checksums of the schema `made`."""
    return checksums.of(connection, values_only=values_only, schemas=MADE)


@pytest.fixture
def shelf(empty_database: Database):
    """A connection to a database with two tables, one referring to the other's surrogate ids."""
    with empty_database.connect() as connection:
        connection.execute("""
            CREATE SCHEMA made;
            CREATE TABLE made.author (author_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, author text);
            CREATE TABLE made.book (
                author_id integer REFERENCES made.author, book text, weights real[],
                finished_at timestamptz DEFAULT now()
            );
            INSERT INTO made.author (author) VALUES ('Ann'), ('Bob');
            INSERT INTO made.book VALUES (1, 'first', '{0.5,1}'), (2, 'second', '{2}');
        """)
        connection.commit()
        yield connection


def test_a_checksum_begins_with_the_number_of_rows(shelf: psycopg.Connection) -> None:
    found = sums(shelf)
    assert list(found) == ["made.author", "made.book"]
    assert found["made.author"].startswith("2-") and len(found["made.author"]) == 18


def test_the_checksum_of_known_rows_is_the_same_on_every_server(shelf: psycopg.Connection) -> None:
    shelf.execute(
        "CREATE TABLE made.known AS SELECT 1::smallint AS a, 'word' AS b, '{0.25,NULL}'::real[] AS c, true AS d"
    )
    assert sums(shelf)["made.known"] == "1-76a2ec18982b881e"


def test_an_empty_table_has_a_checksum_too(shelf: psycopg.Connection) -> None:
    shelf.execute("TRUNCATE made.book")
    assert sums(shelf)["made.book"] == "0-0000000000000000"


def test_the_order_of_rows_does_not_matter(shelf: psycopg.Connection) -> None:
    before = sums(shelf)
    shelf.execute("CREATE TEMP TABLE aside AS SELECT * FROM made.book; DELETE FROM made.book")
    shelf.execute("INSERT INTO made.book SELECT * FROM aside ORDER BY book DESC")
    assert sums(shelf) == before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("DELETE FROM made.book WHERE book = 'first'", id="a row lost"),
        pytest.param("INSERT INTO made.book SELECT * FROM made.book WHERE book = 'first'", id="a row doubled"),
        pytest.param("UPDATE made.book SET weights[2] = 1.0000001 WHERE book = 'first'", id="the last bit of a weight"),
        pytest.param("UPDATE made.book SET weights = '{1,0.5}' WHERE book = 'first'", id="two weights exchanged"),
        pytest.param("UPDATE made.book SET book = NULL WHERE book = 'first'", id="a value gone"),
    ],
)
def test_what_is_lost_doubled_or_altered_is_told(shelf: psycopg.Connection, change: str) -> None:
    before = sums(shelf)
    shelf.execute(change)
    assert checksums.differing(sums(shelf), before) == ["made.book"]


def test_rows_of_partitions_count_as_rows_of_their_table_wherever_they_lie(shelf: psycopg.Connection) -> None:
    whole = "CREATE TABLE made.{0} (a integer) {1}"
    shelf.execute(whole.format("one", "") + ";" + whole.format("split", "PARTITION BY LIST (a)"))
    shelf.execute("CREATE TABLE made.split_1 PARTITION OF made.split FOR VALUES IN (1)")
    shelf.execute("CREATE TABLE made.split_rest PARTITION OF made.split DEFAULT")
    for name in ("one", "split"):
        shelf.execute(f"INSERT INTO made.{name} VALUES (1), (2), (3)")
    found = sums(shelf)
    assert found["made.one"] == found["made.split"]
    assert "made.split_1" not in found


def test_columns_that_have_no_hash_are_read_as_text(shelf: psycopg.Connection) -> None:
    shelf.execute("CREATE TABLE made.odd AS SELECT '{\"a\": 1}'::json AS j, point(1, 2) AS p")
    before = sums(shelf)
    shelf.execute("UPDATE made.odd SET p = point(1, 3)")
    assert checksums.differing(sums(shelf), before) == ["made.odd"]


def test_two_loads_agree_in_their_values_though_ids_and_times_differ(shelf: psycopg.Connection) -> None:
    exact, values = sums(shelf), sums(shelf, values_only=True)
    shelf.execute("TRUNCATE made.author, made.book; SELECT nextval('made.author_author_id_seq')")
    shelf.execute("INSERT INTO made.author (author) VALUES ('Ann'), ('Bob')")
    shelf.execute("""
        INSERT INTO made.book (author_id, book, weights, finished_at)
        SELECT author_id, book, weights::real[], '2020-01-01'
        FROM made.author
        JOIN (VALUES ('Ann', 'first', '{0.5,1}'), ('Bob', 'second', '{2}')) AS told (author, book, weights)
        USING (author)
    """)
    assert checksums.differing(sums(shelf), exact) == ["made.author", "made.book"]
    assert sums(shelf, values_only=True) == values


def test_values_tell_a_book_of_another_author(shelf: psycopg.Connection) -> None:
    values = sums(shelf, values_only=True)
    shelf.execute("UPDATE made.book SET author_id = 3 - author_id")
    assert checksums.differing(sums(shelf, values_only=True), values) == ["made.book"]


def test_the_order_in_which_things_were_loaded_does_not_matter_for_values(shelf: psycopg.Connection) -> None:
    values = checksums.of(shelf, values_only=True)
    shelf.execute("TRUNCATE made.author, made.book RESTART IDENTITY")
    shelf.execute("INSERT INTO made.author (author) VALUES ('Bob'), ('Ann')")
    shelf.execute("INSERT INTO made.book VALUES (2, 'first', '{0.5,1}'), (1, 'second', '{2}')")
    assert checksums.of(shelf, values_only=True) == values


def test_a_number_is_told_by_its_natural_key_alone_and_a_pair_of_entity_and_number_by_its_row(
    empty_database: Database,
) -> None:
    """A row may change beside its natural key without changing what refers to it."""

    def told(*words: str) -> dict[str, str]:
        with empty_database.connect() as connection:
            connection.execute("""
                CREATE SCHEMA made;
                CREATE TABLE made.place (
                    place_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, place text UNIQUE, remark text
                );
                CREATE TABLE made.person (
                    person_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, place_id integer, person text,
                    parent_id integer REFERENCES made.person, UNIQUE (place_id, person)
                );
                CREATE TABLE made.note (entity text, entity_id integer, note text);
                CREATE TABLE made.age (person_id integer, age integer);
            """)
            for word in words:
                connection.execute(word)
            found = sums(connection, values_only=True)
            connection.rollback()
            return found

    fill = [
        "INSERT INTO made.place (place) VALUES ('here'), ('there')",
        "INSERT INTO made.person (place_id, person) VALUES (1, 'Ann'), (2, 'Ann')",
        "UPDATE made.person SET parent_id = 2 WHERE person_id = 1",
        "INSERT INTO made.age VALUES (1, 30), (2, 60)",
        "INSERT INTO made.note VALUES ('place', 1, 'warm'), ('person', 1, 'young')",
    ]
    turned = [
        "INSERT INTO made.place (place) VALUES ('there'), ('here')",
        "INSERT INTO made.person (place_id, person) VALUES (1, 'Ann'), (2, 'Ann')",
        "UPDATE made.person SET parent_id = 1 WHERE person_id = 2",
        "INSERT INTO made.age VALUES (2, 30), (1, 60)",
        "INSERT INTO made.note VALUES ('person', 2, 'young'), ('place', 2, 'warm')",
    ]
    whole = told(*fill)
    assert told(*turned) == whole
    assert whole["made.note"].startswith("2-")  # each pair leads to one row, whatever else has the number
    for change, differing in {
        "UPDATE made.place SET remark = 'x'": ["made.place"],
        "UPDATE made.age SET age = 31 WHERE age = 30": ["made.age"],
        "UPDATE made.note SET entity_id = 2 WHERE entity = 'place'": ["made.note"],
        "UPDATE made.person SET parent_id = NULL": ["made.person"],
        "UPDATE made.place SET place = 'moved' WHERE place_id = 1": [
            "made.age",
            "made.note",
            "made.person",
            "made.place",
        ],
    }.items():
        assert checksums.differing(told(*fill, change), whole) == differing


def test_two_studies_whose_models_were_loaded_the_other_way_round_have_the_same_values(
    study: Database, new_database: Database
) -> None:
    source = sources()["simulated_readers"]

    def turned_round(*given: Any, **named: Any) -> Iterator[Unit | Extraction]:
        models = []
        for one in source.function(*given, **named):
            if isinstance(one, Extraction):
                models.append(one)
            else:
                yield one
        yield from sorted(models, key=lambda model: str(model.model["model"]))

    turned = functools.wraps(source.function)(turned_round)
    pipeline.ingest(new_database, replace(source, function=turned), [], {"readers": 4}, Progress(quiet=True))
    pipeline.compute(new_database, "human_resemblance", STUDY, progress=Progress(quiet=True))
    with study.connect() as one, new_database.connect() as other:
        numbers = "SELECT array_agg(model ORDER BY language_model_id) FROM model.language_model"
        assert one.execute(numbers).fetchone() != other.execute(numbers).fetchone()
        assert "model.attention" in checksums.differing(checksums.of(one), checksums.of(other))
        assert checksums.of(one, values_only=True) == checksums.of(other, values_only=True)


def test_what_was_superseded_or_given_up_is_no_value(study: Database) -> None:
    with study.connect() as connection:
        before = checksums.of(connection, values_only=True)
        one = "(SELECT min(unit_id) FROM result.noise_ceiling)"
        connection.execute(f"UPDATE ops.unit SET unit_state = 'superseded' WHERE unit_id = {one}")
        assert checksums.differing(checksums.of(connection, values_only=True), before) == ["result.noise_ceiling"]
        connection.rollback()
        connection.execute("UPDATE model.extraction SET extraction_status = 'retired' WHERE extraction_id = 1")
        without = checksums.of(connection, values_only=True)
        assert int(without["model.attention"].partition("-")[0]) < int(before["model.attention"].partition("-")[0])
        assert (
            int(without["model.extraction"].partition("-")[0]) == int(before["model.extraction"].partition("-")[0]) - 1
        )


def test_values_leave_the_ledger_out_and_everything_else_in(study: Database) -> None:
    with study.connect() as connection:
        exact, values = checksums.of(connection), checksums.of(connection, values_only=True)
    left_out = exact.keys() - values.keys()
    assert {"ops.run", "ops.unit", "ops.run_input", "ops.rejection"} <= left_out
    assert all(name.startswith("ops.") for name in left_out)
    assert int(values["model.attention"].partition("-")[0]) > 0


def test_rows_that_row_security_hides_are_an_error(shelf: psycopg.Connection) -> None:
    shelf.execute("ALTER TABLE made.book ENABLE ROW LEVEL SECURITY; CREATE ROLE checksum_reader")
    shelf.execute("GRANT checksum_reader TO CURRENT_USER; GRANT USAGE ON SCHEMA made TO checksum_reader")
    shelf.execute("GRANT SELECT ON ALL TABLES IN SCHEMA made TO checksum_reader; SET LOCAL ROLE checksum_reader")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sums(shelf)


def test_all_tables_are_read_as_of_one_moment(study: Database) -> None:
    with study.connect() as reading, study.connect(autocommit=True) as writing:
        found = dict(checksums.each_table(reading))
        asked = checksums.each_table(reading)
        first = [next(asked)]
        writing.execute("INSERT INTO ops.usage_warning VALUES ('made_later', 'After the first table was read.')")
        assert dict(first + list(asked)) == found
        assert checksums.differing(checksums.of(reading), found) == ["ops.usage_warning"]


def test_schemas_of_others_are_not_read(study: Database) -> None:
    with study.connect() as connection:
        connection.execute("CREATE SCHEMA notes; CREATE TABLE notes.mine (a integer)")
        assert {name.partition(".")[0] for name in checksums.of(connection)} == {
            "ops", "stimulus", "human", "model", "result"
        }  # fmt: skip
        connection.rollback()


def test_a_cast_to_text_of_ones_own_is_not_asked(shelf: psycopg.Connection) -> None:
    shelf.execute("""
        CREATE TABLE made.odd AS SELECT '{}'::json AS j;
        CREATE FUNCTION made.told(one made.odd) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''x''; END';
        CREATE CAST (made.odd AS text) WITH FUNCTION made.told(made.odd)
    """)
    assert sums(shelf)["made.odd"].startswith("1-")
