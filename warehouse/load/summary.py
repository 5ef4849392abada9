"""What a run has loaded of readers: trials, fixations, what is rejected, who is left out."""

from warehouse.database.types import Connection


def readers_of_run(connection: Connection, run_id: int) -> str:
    """Sum up the readers that a run has loaded, in a sentence or several; empty where it has loaded none.

    Parameters
    ----------
    connection : psycopg.Connection
        One that sees what the run has written.
    run_id : int
        The run.
    """
    readers, trials, fixations, off = connection.execute(_COUNTS, [run_id]).fetchone() or (0, 0, 0, 0)
    told = []
    if readers:
        share = f", {off / fixations:.1%} of them on no word" if fixations else ""
        told.append(f"{readers:,} readers, {trials:,} trials, {fixations:,} fixations{share}.")
    for heading, question in (("Rejected", _REJECTED), ("Left out", _EXCLUDED)):
        found = connection.execute(question, [run_id]).fetchall()
        if found and readers:
            told.append(f"{heading}: {'; '.join(f'{count:,} ({reason})' for count, reason in found)}.")
    return " ".join(told)


_SUBJECTS = """
WITH subject AS (
    SELECT DISTINCT substr(of_whom, 9)::integer AS subject_id
    FROM ops.unit
    CROSS JOIN LATERAL unnest(about) AS of_whom
    WHERE run_id = %s AND of_whom LIKE 'subject %%'
)
"""
_COUNTS = f"""
{_SUBJECTS},
shown AS (
    -- a sentence that was shown alone is a trial of its own
    SELECT count(DISTINCT (subject_id, reading_ordinal, COALESCE(trial_position, -1),
                           CASE WHEN trial_position IS NULL THEN sentence_id END)) AS trials
    FROM human.reading WHERE subject_id IN (SELECT subject_id FROM subject)
)
SELECT
    (SELECT count(*) FROM subject), (SELECT trials FROM shown), count(*), count(*) FILTER (WHERE word_position IS NULL)
FROM human.fixation WHERE subject_id IN (SELECT subject_id FROM subject)
"""
_REJECTED = """
SELECT count(*), reason FROM ops.rejection WHERE run_id = %s GROUP BY reason ORDER BY 1 DESC, 2
"""
_EXCLUDED = f"""
{_SUBJECTS}
SELECT count(*), excluded_because FROM human.exclusion
WHERE subject_id IN (SELECT subject_id FROM subject)
GROUP BY excluded_because ORDER BY 1 DESC, 2
"""
