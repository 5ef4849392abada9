"""Questions of one's own: answered with the rights of readers, and nothing but looking."""

from urllib.parse import urlencode

import pytest

from tests.dashboard.asking import get
from warehouse.dashboard.reading import open_as_reader
from warehouse.dashboard.sql_box import answer
from warehouse.database.connection import Database
from warehouse.errors import BadInput

ESCAPED = 'U&"set' + chr(92) + '005fconfig"'


def ask(database: Database, query: str, most: int = 100, **parameters: str) -> list[dict[str, object]]:
    with open_as_reader(database) as connection:
        return answer(connection, query, parameters, most)


def test_views_are_asked_with_parameters_that_are_bound(shown_study: Database):
    rows = ask(shown_study, "SELECT DISTINCT model FROM layer_curve WHERE layer >= %(l)s AND corpus = %(c)s",
               l="7", c="simulated")  # fmt: skip
    assert rows == [{"model": "simulated-large"}]
    assert ask(shown_study, "SELECT %(x)s AS x", x="'; DELETE FROM ops.run; --") == [
        {"x": "'; DELETE FROM ops.run; --"}
    ]
    assert ask(shown_study, "SELECT '50 %' AS x, 1 AS n, 2 AS n -- a remark") == [{"x": "50 %", "n": 1, "n 2": 2}]
    assert len(ask(shown_study, "SELECT * FROM mart.word", most=3)) == 3


def test_every_view_of_the_mart_may_be_asked(shown_study: Database):
    names = ask(shown_study, "SELECT relname FROM pg_class WHERE relnamespace = 'mart'::regnamespace AND relkind = 'v'")
    assert len(names) > 50
    with open_as_reader(shown_study) as connection:
        for row in names:
            answer(connection, f"SELECT * FROM mart.{row['relname']} WHERE false", {}, 1)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        pytest.param("SELECT 1; DELETE FROM ops.run", 'syntax error at or near ";"', id="two statements"),
        pytest.param("SELECT 1) AS x; DELETE FROM ops.run --", "syntax error", id="out of the brackets"),
        pytest.param("DELETE FROM ops.run RETURNING 1", "syntax error", id="no select"),
        pytest.param("WITH d AS (DELETE FROM ops.run RETURNING 1) SELECT * FROM d", "data-modifying", id="in a with"),
        pytest.param("SET ROLE none", "syntax error", id="another role"),
        pytest.param("SELECT * FROM pg_ls_dir('.')", "permission denied|calls pg_ls_dir", id="files"),
        pytest.param("SELECT * FROM nowhere", 'relation "nowhere" does not exist', id="no such view"),
        pytest.param("SELECT layer FROM layer_curve WHERE layer = %(x)s", "invalid input syntax", id="no number"),
        pytest.param("SELECT repeat('x', 40000000)", "answered by more than 30,000,000", id="one large value"),
        pytest.param("SELECT repeat('x', 1000000) FROM generate_series(1, 99)", "answered by more", id="many rows"),
    ],
)  # fmt: skip
def test_what_is_more_than_looking_is_refused(shown_study: Database, query: str, told: str):
    with pytest.raises(BadInput, match=told):
        ask(shown_study, query, **({"x": "many"} if "%(x)s" in query else {}))


def test_a_question_that_takes_too_long_is_given_up(shown_study: Database):
    with open_as_reader(shown_study) as connection:
        connection.execute("SELECT set_config('statement_timeout', '300ms', false)")
        with pytest.raises(BadInput, match="takes longer"):
            answer(connection, "SELECT count(*) FROM generate_series(1, 900000000)", {}, 1)


TAKING_BACK = """
SELECT
    set_config('role', 'none', true) AS role, current_user = session_user AS is_login,
    pg_has_role(session_user, 'warehouse_writer', 'MEMBER') AS may_write
"""


def test_there_are_no_rights_to_take_back(shown_study: Database):
    assert ask(shown_study, TAKING_BACK) == [{"role": "none", "is_login": True, "may_write": False}]
    with pytest.raises(BadInput, match="must be set before any query"):
        ask(shown_study, "SELECT set_config('transaction_read_only', 'off', true)")
    logins = "SELECT count(*) AS n FROM pg_roles WHERE rolname LIKE 'warehouse_for_%'"
    assert ask(shown_study, logins) == [{"n": 1}]  # the one that asks


def test_the_page_shows_the_answer_what_is_wrong_and_a_file(address: str):
    query = urlencode({"query": "SELECT model FROM language_model WHERE model = %(m)s", "p_m": "simulated-small"})
    status, page = get(f"{address}/sql?{query}")
    assert status == 200
    assert "simulated-small</td>" in page
    assert 'name="p_m" value="simulated-small"' in page
    assert get(f"{address}/sql.csv?{query}") == (200, "model\nsimulated-small\n")
    status, page = get(f"{address}/sql?query=SELECT+nothing")
    assert (status, 'role="alert"' in page) == (200, True)


def test_a_page_of_somebody_else_cannot_ask(address: str):
    assert get(address + "/sql?query=SELECT+1", **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert get(address + "/sql.csv?query=SELECT+1", **{"Sec-Fetch-Site": "same-site"})[0] == 403
    assert get(address + "/sql?query=SELECT+1", **{"Sec-Fetch-Site": "same-origin"})[0] == 200
    assert get(address + "/", **{"Sec-Fetch-Site": "cross-site"})[0] == 200
