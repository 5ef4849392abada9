"""What stands in the schemas of a database, compared with what this program makes, thing by thing.

What this program makes is made: in the same database, in a transaction that is rolled back, while the schemas that are
there have other names. Nobody else sees any of it, nothing has to be kept up to date by hand, and what one version of
PostgreSQL writes differently from another it writes so on both sides. Of a warehouse that is distributed over several
machines, the foreign keys that cannot be had there are not missed.
"""

from collections.abc import Callable
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, text

from warehouse.database.types import Connection as Psycopg
from warehouse.schema import citus, distribution
from warehouse.schema.sqlfiles import OWN_SCHEMAS

Thing = tuple[str, str, str]
"""Of what kind it is, its name, its definition."""
PARTITION = "model.attention_N"
"""Partitions of attention are told as one; there may be none."""
OF_ROLES = ("owner", "grant", "default privileges", "policy", "row security")
"""Kinds that a warehouse without the roles of readers, writers and owners has otherwise."""

_QUESTION = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_OF_PARTITIONS = f"SELECT * FROM ({_QUESTION}) AS thing WHERE is_of_partition"


def differences(connection: Connection, make: Callable[[], object]) -> list[str]:
    """Say what is not as this program makes it, in a line each.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        An owner's, in a transaction that will be rolled back.
    make : callable
        Makes the schema of this program, over the connection.
    """
    found, driver = things(connection), cast(Psycopg, connection.connection.driver_connection)
    if has_already := citus.spread(driver):  # what is made to be compared is this machine's alone
        connection.execute(text("SET LOCAL citus.enable_ddl_propagation TO off"))
    has_roles = bool(connection.execute(_HAS_ROLES).scalar())
    hides = any(kind == "policy" for kind, _, _ in found) or bool(connection.execute(_EMBARGOED).scalar())
    for schema in OWN_SCHEMAS:
        connection.execute(text(f"ALTER SCHEMA {schema} RENAME TO {schema}_as_found"))
    make()
    parts = _things_of_partition(connection)
    if hides:
        connection.execute(_EMBARGO)
        connection.execute(text("SELECT fn.enforce_embargoes()"))
        parts |= _things_of_partition(connection)
    apart = {f"{key.table} {key.name}" for key in distribution.left_out(distribution.foreign_keys(driver), has_already)}
    wanted = {thing for thing in things(connection) if thing[0] != "constraint" or thing[1] not in apart}
    told = _told(found, wanted, parts)
    return sorted(line for kind, line in told if has_roles or kind not in OF_ROLES)


def things(connection: Connection, question: str = _QUESTION) -> set[Thing]:
    """Give everything in the warehouse's schemas."""
    rows = connection.exec_driver_sql(question, execution_options={"no_parameters": True})
    return {(kind, name, " ".join((definition or "").split())) for kind, name, definition, _ in rows}


def _things_of_partition(connection: Connection) -> set[Thing]:
    """Give all that a partition is and has, from when it is made until it is part of the whole."""
    found: set[Thing] = set()
    number = connection.execute(_MAKE_EXTRACTION).scalar()
    for step in ("create", "index", "attach"):
        connection.execute(text(f"SELECT fn.{step}_partition(:number)"), {"number": number})
        found |= {thing for thing in things(connection, _OF_PARTITIONS) if _is_of_partition(thing[1])}
    return found


def _told(found: set[Thing], wanted: set[Thing], parts: set[Thing]) -> list[tuple[str, str]]:
    """Tell of each thing that is missing, is too many or is another, with its kind."""
    missing = {(kind, name): definition for kind, name, definition in wanted - found if not _is_of_partition(name)}
    extra = {(kind, name): definition for kind, name, definition in found - wanted - parts}
    lines = [(kind, f"missing: {kind} {name}") for kind, name in missing.keys() - extra.keys()]
    for (kind, name), definition in extra.items():
        if (kind, name) in missing:
            lines.append((kind, f"another: {kind} {name}: {definition or '-'} instead of {missing[kind, name] or '-'}"))
        else:
            lines.append((kind, f"foreign: {kind} {name}" + (f": {definition}" if definition else "")))
    return lines


def _is_of_partition(name: str) -> bool:
    return name.startswith(PARTITION) and name[len(PARTITION) : len(PARTITION) + 1] in ("", ".", " ", "_")


_HAS_ROLES = text("SELECT EXISTS (SELECT FROM ops.sql_object WHERE object_kind = 'role')")
_EMBARGOED = text("SELECT EXISTS (SELECT FROM ops.embargo WHERE embargoed_until > current_date)")
# rows of their own, for no row is in the new schemas
_MAKE_EXTRACTION = text("""
WITH
read_corpus AS (
    INSERT INTO stimulus.corpus (corpus, language, licence, citation)
    VALUES (gen_random_uuid()::text, 'en', '-', '-')
    RETURNING corpus_id
),

made_model AS (
    INSERT INTO model.language_model (model, family, stage, layer_count, head_count)
    VALUES (gen_random_uuid()::text, '-', 'untrained', 1, 1)
    RETURNING language_model_id
),

made_run AS (
    INSERT INTO ops.run (job, parameters, code_version, environment, host, process_id, started_by, run_status)
    VALUES ('-', '{}', '-', '{}', '-', 1, '-', 'running')
    RETURNING run_id
)

INSERT INTO model.extraction (
    language_model_id, condition_id, corpus_id, run_id, method, alignment, dtype, is_causal, layers, extraction_status,
    digest
)
SELECT language_model_id, condition_id, corpus_id, run_id, '-', '-', '-', true, '{0}', 'loading', '-'
FROM made_model
CROSS JOIN read_corpus
CROSS JOIN made_run
CROSS JOIN (SELECT min(condition_id) AS condition_id FROM model.condition) AS plain
RETURNING extraction_id
""")
_EMBARGO = text("""
INSERT INTO ops.embargo (language_group, embargoed_until, visible_to)
SELECT min(language_group), current_date + 1000, '{}' FROM human.language_group
""")
