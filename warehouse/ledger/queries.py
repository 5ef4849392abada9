"""What the run ledger tells: what ran, who has which unit in hand, how far what runs is, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.database.types import Connection
from warehouse.errors import UnknownName
from warehouse.ledger.lookup import many

Records = list[dict[str, Any]]

STATUSES = ("running", "dead", "done", "failed", "interrupted")
"""How a run stands: as the ledger has it, but dead where it stands as running and no process does it."""


@dataclass(frozen=True)
class RunProgress:
    """How far a run is at a moment.

    Attributes
    ----------
    run_id, job, status, error
        Which run, and how it stands: one of `STATUSES`.
    done_count, unit_count : int, int or None
        Units that are done, and that there are to do; None where that is not known.
    row_total : int
        Rows that are written.
    seconds : float
        How long the last attempt takes, or took [s].
    rate : float or None
        Units a second, lately.
    in_hand : list of dict
        Who has how many units in hand: `host`, `process_id`, `is_held` (False: dead), `units`, `since`, and one
        `unit_key` of them.
    """

    run_id: int
    job: str
    status: str
    error: str | None
    done_count: int
    unit_count: int | None
    row_total: int
    seconds: float
    rate: float | None
    in_hand: Records

    @property
    def seconds_left(self) -> float | None:
        """About how long it goes on at this rate [s]; None where that is not known or it has ended."""
        if self.status != "running" or not self.rate or self.unit_count is None:
            return None
        return max(0, self.unit_count - self.done_count) / self.rate


def last_runs(connection: Connection, last: int, job: str | None, statuses: Sequence[str]) -> Records:
    """Give the last runs, the newest attempt first.

    Parameters
    ----------
    connection : psycopg.Connection
        Any.
    last : int
        At most so many.
    job : str or None
        A part of what the job is called, hyphens being underscores: ``human-resemblance``, ``ingest``.
    statuses : sequence of str
        Of `STATUSES`; all where there are none.

    Raises
    ------
    UnknownName
        If no job is called so.
    """
    part = job.replace("-", "_") if job else None
    if part:
        known = [name for (name,) in connection.execute("SELECT DISTINCT job FROM ops.run").fetchall()]
        if not any(part in name for name in known):
            raise UnknownName("job", part, known)
    return many(connection, _LISTED, {"job": part, "statuses": list(statuses or STATUSES), "last": last})


def run_details(connection: Connection, run_id: int, last: int) -> dict[str, Any]:
    """Tell all of a run: its row, its last units, what was rejected, and who has units in hand.

    Raises
    ------
    UnknownName
        If there is no such run, or this role may not see it.
    """
    found = many(connection, _ONE, {"run": run_id})
    if not found:
        raise no_such_run(connection, run_id)
    chosen = {"run": run_id, "last": last}
    parts = {"units": _OF_UNITS, "rejections": _REJECTIONS, "leases": _LEASES}
    return {**found[0], **{name: many(connection, question, chosen) for name, question in parts.items()}}


def no_such_run(connection: Connection, run_id: int) -> UnknownName:
    """Make the error that says which runs there are."""
    return UnknownName("run", str(run_id), [str(number) for (number,) in connection.execute(_NUMBERS).fetchall()])


def going_on(connection: Connection, run_ids: Sequence[int], *, after: int | None = None) -> list[RunProgress]:
    """Give how far some runs are, in one question.

    Parameters
    ----------
    connection : psycopg.Connection
        Any.
    run_ids : sequence of int
        These, whether they run or have ended.
    after : int or None
        Also all that run now, and those that have ended and have a higher number than this; None: no others.
    """
    return [RunProgress(**row) for row in many(connection, _GOING_ON, {"runs": list(run_ids), "after": after})]


_STATUS = "CASE WHEN is_alive = false THEN 'dead' ELSE run_status END"
_LISTED = f"""
SELECT
    run_id, job, {_STATUS} AS run_status, started_by, host, started_at, taken_up_at, finished_at, duration_s, attempt,
    done_count, unit_count, row_total, rejection_count, error
FROM mart.run
WHERE (%(job)s::text IS NULL OR strpos(job, %(job)s) > 0) AND {_STATUS} = ANY (%(statuses)s)
ORDER BY taken_up_at DESC, run_id DESC
LIMIT %(last)s
"""
_NUMBERS = "SELECT run_id FROM ops.run ORDER BY run_id DESC LIMIT 10"
_ONE = f"""
SELECT
    run_id, job, {_STATUS} AS run_status, attempt, started_by, host, process_id, started_at, taken_up_at, finished_at,
    duration_s, done_count, unit_count, row_total, rejection_count,
    (SELECT count(*) FROM ops.run_input WHERE run_input.run_id = run.run_id) AS input_count,
    code_version, environment, parameters, seed, input_fingerprint, error
FROM mart.run
WHERE run_id = %(run)s
"""
_OF_UNITS = """
SELECT unit_id, unit_key, unit_state, row_count, attempt, finished_at
FROM ops.unit WHERE run_id = %(run)s ORDER BY unit_id DESC LIMIT %(last)s
"""
_REJECTIONS = """
SELECT unit_key, place, reason, offending_text
FROM ops.rejection WHERE run_id = %(run)s ORDER BY rejection_id LIMIT %(last)s
"""
_LEASES = """
SELECT unit_key, host, process_id, attempt, taken_at, is_held
FROM mart.lease WHERE run_id = %(run)s ORDER BY taken_at, unit_key LIMIT %(last)s
"""
# The rate is that of the last units; the time since the last one counts, so that it falls where nothing gets done.
_GOING_ON = f"""
SELECT
    run_id, job, {_STATUS} AS status, error, done_count, unit_count, row_total, duration_s AS seconds,
    CASE
        WHEN lately.unit_total > 2 THEN (lately.unit_total - 1) / NULLIF(lately.seconds, 0)
        WHEN lately.unit_total > 0 THEN lately.unit_total / NULLIF(duration_s, 0)
    END AS rate,
    COALESCE(holding.workers, '[]') AS in_hand
FROM mart.run
CROSS JOIN LATERAL (
    SELECT
        count(*) AS unit_total,
        EXTRACT(EPOCH FROM clock_timestamp() - min(finished_at))::double precision AS seconds
    FROM (
        SELECT unit.finished_at FROM ops.unit
        WHERE unit.run_id = run.run_id AND unit.finished_at >= run.taken_up_at
        ORDER BY unit.unit_id DESC LIMIT 100
    ) AS newest
) AS lately
CROSS JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
        'host', host, 'process_id', process_id, 'is_held', is_held, 'units', units, 'unit_key', unit_key, 'since', since
    ) ORDER BY is_held, host, process_id) AS workers
    FROM (
        SELECT host, process_id, is_held, count(*) AS units, min(unit_key) AS unit_key, min(taken_at) AS since
        FROM mart.lease WHERE lease.run_id = run.run_id GROUP BY host, process_id, is_held
    ) AS worker
) AS holding
WHERE
    run_id = ANY (%(runs)s)
    OR (%(after)s::bigint IS NOT NULL AND (is_alive OR (run_id > %(after)s AND finished_at IS NOT NULL)))
ORDER BY run_id
"""
