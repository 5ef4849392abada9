"""Whether the warehouse's schemas hold code of others, which would run with the rights of whoever works with them."""

import re
from pathlib import Path

from warehouse.database.types import Connection
from warehouse.errors import ForeignCode
from warehouse.schema.sqlfiles import SqlFile, sql_files

_QUESTION = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


def refuse(connection: Connection, *, functions: bool = True) -> None:
    """Refuse to evaluate anything of the warehouse while others' code would be evaluated with it.

    Parameters
    ----------
    connection : psycopg.Connection
        Whose names are PostgreSQL's own (`Database.connect`).
    functions : bool
        Compare the functions with their files too: where they are called, and the schema is not of an older program.

    Raises
    ------
    ForeignCode
        There is a trigger, a function or the like that no file of this program makes; the sentence names the first.
    """
    with connection.transaction():
        found = [f"the {kind} {name} ({why})" for kind, name, why in connection.execute(_QUESTION).fetchall()]
        found += _functions(connection) if functions else []
    if found:
        raise ForeignCode(found)


def _functions(connection: Connection) -> list[str]:
    """Name the functions that are not as one of the files says: another body, setting, or right to run as."""
    ours = {_told(file) for file in sql_files() if file.kind == "function"}
    rows = connection.execute(_FUNCTIONS).fetchall()
    why = "is not as in this program: `warehouse db upgrade` brings a newer one"
    return [f"the function {name} ({why})" for name, *told in rows if tuple(told) not in ours]


def _told(file: SqlFile) -> tuple[str, str, bool, str]:
    """Give what the server keeps of a function, out of its file: name, body, whether it is the owner's, settings."""
    head, body, _ = file.text.split("$$", 2)
    head = "\n".join(line.partition("--")[0] for line in head.splitlines())
    settings = [f"{name}={value.strip()}" for name, value in re.findall(r"\bSET (\w+) = (.+)", head)]
    return file.name, body, "SECURITY DEFINER" in head, "; ".join(settings)


_FUNCTIONS = """
SELECT pg_proc.oid::regprocedure::text, nspname || '.' || proname, prosrc, prosecdef,
    COALESCE(array_to_string(proconfig, '; '), '')
FROM pg_proc
JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE nspname IN ('ops', 'stimulus', 'human', 'model', 'result', 'fn', 'current', 'slice', 'mart')
ORDER BY 1
"""
