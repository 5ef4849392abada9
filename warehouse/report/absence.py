"""Why an exhibit has nothing to show, though its analysis was run: the reasons that are stored with its results."""

from collections.abc import Iterator

from psycopg import sql

from warehouse.database.types import Connection
from warehouse.plugin.registry import Analysis, analyses
from warehouse.report.exhibits import Exhibit


def reasons(connection: Connection, exhibit: Exhibit) -> list[str]:
    """Give why there is nothing to show; empty where the analysis has not been run on what is there."""
    analysis = analyses().get(exhibit.compute.replace("-", "_"))
    if analysis is None:
        return []
    if nothing := _nothing_to_ask(connection, analysis):
        return [nothing]
    if not connection.execute(_RUN, [f"compute {analysis.name}"]).fetchone():
        return []
    return list(_stored(connection, analysis)) or [
        f"`warehouse compute {exhibit.compute}` was run, and none of what it gave belongs here"
    ]


def _nothing_to_ask(connection: Connection, analysis: Analysis) -> str:
    """Name the first of the views of its work that is empty, with what its comment says of it."""
    for view in analysis.over:
        if not connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.SQL(view))).fetchone():
            (comment,) = connection.execute("SELECT obj_description(%s::regclass)", [view]).fetchone() or ("",)
            told = " ".join((comment or "").partition("\n\n")[0].split()).rstrip(".")
            return f"there is nothing to compute it from, {view} is empty ({told})"
    return ""


def _stored(connection: Connection, analysis: Analysis) -> Iterator[str]:
    for table in analysis.writes:
        if "missing_because" in table.c:
            name = sql.Identifier(table.schema or "", table.name)
            yield from (reason for (reason,) in connection.execute(_REASONS.format(name)).fetchall())


_RUN = "SELECT 1 FROM ops.run WHERE job = %s AND run_status = 'done' LIMIT 1"
_REASONS = sql.SQL("""
SELECT DISTINCT found.missing_because
FROM {} AS found
JOIN ops.run USING (run_id)
JOIN ops.unit USING (run_id, unit_id)
WHERE run_status = 'done' AND unit_state = 'done' AND found.missing_because IS NOT NULL
ORDER BY 1 LIMIT 5
""")
