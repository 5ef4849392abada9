"""How long units took in earlier runs, for estimates of what is still to do."""

from warehouse.database.types import Connection


def paces(connection: Connection, job: str | None = None) -> dict[str, float]:
    """Give the seconds from one unit to the next in earlier runs, by job: of every job, or of one."""
    return dict(connection.execute(_PACE, [job, job]).fetchall())


# a gap of ten minutes is a run that was interrupted and taken up again, one below nothing a clock that was put back
_PACE = """
SELECT job, avg(gap)::double precision
FROM (
    SELECT
        job,
        EXTRACT(epoch FROM unit.finished_at - lag(unit.finished_at) OVER (PARTITION BY run_id ORDER BY unit_id)) AS gap
    FROM ops.unit
    JOIN ops.run USING (run_id)
    WHERE %s::text IS NULL OR job = %s
) AS step
WHERE gap BETWEEN 0 AND 600
GROUP BY job
"""
