"""A migration is interrupted after each of its statements, down from the newest revision to nothing and up again."""

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

from tests.faults.commands import Ended, Place
from tests.faults.study import Study, Work
from tests.faults.trying import Try
from warehouse.schema import migrations

STATEMENT = "psycopg.Cursor.execute"
BEGIN = 3
"""The first statement to be interrupted after: those before it look at the revision and set the connection up."""


def interrupted(
    study: Study, moments: Random, stride: Callable[[int], int], newest: int | None = None
) -> Iterator[Try]:
    """Go down and up revision by revision, interrupting each step after every so manieth statement.

    Parameters
    ----------
    study : Study
        Where.
    moments : Random
        Chooses whether the command is killed or its connections are cut.
    stride : callable
        So many statements lie between two tries, on average; given how many revisions are newer than the step's.
    newest : int or None
        Go down so many revisions only.
    """
    steps = _steps(newest)
    wanted = _undisturbed(study, [step for _, step in steps])
    study.reset("loaded")
    for number, (age, step) in enumerate(steps):
        yield from _interrupted(study, step, wanted[number], wanted[number + 1], moments, stride(age))


def _interrupted(
    study: Study, step: Work, before: Counter[str], after: Counter[str], moments: Random, stride: int
) -> Iterator[Try]:
    """Interrupt one step again and again, a little later each time, until it comes to its end."""
    call, ended = BEGIN + moments.randrange(stride), Ended(-1, "", 0)
    while True:
        how = moments.choice([signal.SIGKILL, signal.SIGSTOP])
        running = study.begin(step, Place(STATEMENT, call, "after", how))
        if how == signal.SIGSTOP and running.wait_until_stopped():
            study.administer(_CUT)
            running.go_on()
        last, ended = ended, running.wait()
        found = _catalogue(study)
        if ended.code == 0 or found == after:  # what came after its end interrupted nothing
            yield _compared(last, after, found, ended.seconds)
            return
        yield _compared(ended, before, found, ended.seconds)
        call += moments.randint(1, 2 * stride - 1)


def _compared(ended: Ended, wanted: Counter[str], found: Counter[str], seconds: float) -> Try:
    broken = ["the user sees a traceback"] * ("Traceback" in ended.said)
    return Try(ended, wanted - found, found - wanted, seconds, broken)


def _undisturbed(study: Study, steps: list[Work]) -> list[Counter[str]]:
    study.reset("loaded")
    found = [_catalogue(study)]
    for step in steps:
        if (ended := study.run(step)).code:
            raise RuntimeError(ended.said)
        found.append(_catalogue(study))
    return found


def _steps(newest: int | None) -> list[tuple[int, Work]]:
    """Give the commands in order, each with the number of revisions that are newer than the one it takes or gives."""
    revisions = ["base", *migrations.revisions()][-1 - newest if newest else 0 :]
    down = [Work(f"down to {name}", "loaded", ("db", "downgrade", "--yes", name)) for name in reversed(revisions[:-1])]
    up = [Work(f"up to {name}", "loaded", ("db", "upgrade", name)) for name in revisions[1:]]
    return [*enumerate(down), *reversed(list(enumerate(reversed(up))))]


def _catalogue(study: Study) -> Counter[str]:
    """Give all that the catalogue says of our tables, views, functions and rights, and the revision."""
    with study.database.connect(read_only=True) as connection:
        said = Counter(each for (each,) in connection.execute(_CATALOGUE).fetchall())
    return said + Counter([f"revision {migrations.current(study.database)}"])


_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'warehouse'"
_CATALOGUE = """
WITH ours AS (SELECT * FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$|public$)')

SELECT concat_ws(' ', 'schema', nspname, nspacl) FROM ours
UNION ALL
SELECT concat_ws(' ', relkind, oid::regclass, relrowsecurity, relforcerowsecurity, relacl, reloptions,
    obj_description(oid, 'pg_class'),
    CASE relkind WHEN 'v' THEN pg_get_viewdef(oid) WHEN 'i' THEN pg_get_indexdef(oid) END)
FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours)
UNION ALL
SELECT concat_ws(' ', 'column', attrelid::regclass, attname, atttypid::regtype, attnotnull, attidentity,
    pg_get_expr(adbin, adrelid), col_description(attrelid, attnum))
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace IN (SELECT oid FROM ours) AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE connamespace IN (SELECT oid FROM ours)
UNION ALL
SELECT concat_ws(' ', 'function', pg_get_functiondef(oid), proacl)
FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ours)
UNION ALL
SELECT concat_ws(' ', 'policy', schemaname, tablename, policyname, roles, cmd, qual, with_check) FROM pg_policies
"""
