"""The marks of readers who were forgotten: they let the source leave them out without saying who they are.

A mark is SHA-256 over a salt of its own and the reader's name. Nothing can be read out of it; whoever knows a name can
ask whether it is marked, and must be able to: that is what the next ingest asks. Forgetting without a mark would last
until somebody loads the same folder again.
"""

import json
import secrets
from collections.abc import Sequence

from warehouse.database.types import Connection


def mark(connection: Connection, readers: Sequence[tuple[str, str, str]]) -> None:
    """Mark readers, each by corpus, group and label."""
    with connection.cursor() as cursor:
        cursor.executemany(_MARK, [{"salt": secrets.token_hex(16), "name": json.dumps(each)} for each in readers])


def unmark(connection: Connection, reader: tuple[str, str, str]) -> bool:
    """Take a reader's mark away, so that the source loads them again; tell whether there was one."""
    return connection.execute(_UNMARK, {"name": json.dumps(reader)}).rowcount > 0


def count_forgotten(connection: Connection, readers: Sequence[tuple[int, str, str]]) -> int:
    """Count the readers, each by `corpus_id`, group and label, who are marked."""
    if not connection.execute("SELECT 1 FROM ops.forgotten LIMIT 1").fetchone():
        return 0
    corpora = dict(connection.execute("SELECT corpus_id, corpus FROM stimulus.corpus").fetchall())
    names = [json.dumps((corpora[corpus_id], group, label)) for corpus_id, group, label in readers]
    row = connection.execute(_MARKED, [names]).fetchone()
    return int(row[0]) if row else 0


_DIGEST = "encode(sha256(convert_to({salt} || {name}, 'UTF8')), 'hex')"
_MARK = f"""
INSERT INTO ops.forgotten (digest, salt)
VALUES ({_DIGEST.format(salt="%(salt)s::text", name="%(name)s::text")}, %(salt)s)
"""
_UNMARK = f"DELETE FROM ops.forgotten WHERE digest = {_DIGEST.format(salt='salt', name='%(name)s::text')}"
_MARKED = f"""
SELECT count(*) FROM unnest(%s::text[]) AS offered (name)
WHERE EXISTS (SELECT 1 FROM ops.forgotten WHERE digest = {_DIGEST.format(salt="salt", name="offered.name")})
"""
