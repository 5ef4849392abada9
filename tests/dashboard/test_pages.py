"""What the pages of the dashboard say, asked as a browser asks."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.dashboard.asking import get
from warehouse.dashboard.reading import open_for_reading
from warehouse.dashboard.views import VIEWS
from warehouse.database.connection import Database
from warehouse.errors import DatabaseUnavailable

HEAD = "/heads?model=simulated-medium&layer=3&head=2&sentence=s.01.02&reader=L2"


def matrices(page: str) -> list[list[str]]:
    """The values told in each matrix of a page, row by row."""
    tables = re.findall(r"<table tabindex.*?</table>", page, re.DOTALL)
    return [re.findall(r"<td[^>]*><span>([^<]*)</span></td>", table) for table in tables]


def chosen(page: str) -> dict[str, str]:
    fields = re.findall(r'<select id="(\w+)".*?</select>', page, re.DOTALL)
    values = [
        re.search(r'value="([^"]*)" selected', part)[1] for part in re.findall(r"<select.*?</select>", page, re.DOTALL)
    ]
    return dict(zip(fields, values, strict=True))


def charted(page: str) -> list[dict[str, object]]:
    """Every point of the charts of a page."""
    specs = re.findall(r'class="specs">(.*?)</script>', page, re.DOTALL)
    return [point for spec in specs for panel in json.loads(spec) for point in panel["data"]["values"]]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.path)
def test_every_view_answers_and_links_to_all(address: str, view):
    status, page = get(address + view.path)
    assert status == 200
    assert [f'href="{one.path}"' in page for one in VIEWS] == [True] * len(VIEWS)
    assert f"<h1>{view.title}</h1>" in page


def test_the_curves_are_those_of_the_view(address: str, shown_study: Database):
    _, page = get(address + "/")
    with shown_study.connect(read_only=True) as connection:
        (rows,) = connection.execute(
            "SELECT count(*) FROM mart.layer_curve WHERE leave_out = '[]' AND resemblance IS NOT NULL"
        ).fetchone()
        (best,) = connection.execute(
            "SELECT max(100 * resemblance) FROM mart.layer_curve WHERE leave_out = '[]'"
        ).fetchone()
    points = [point for point in charted(page) if point.get("at", "").startswith("Layer: ") and "error" in point]
    assert len(points) == 2 * rows  # in-sample and cross-validated
    highest = max((one for one in points if "in-sample" in one["panel"]), key=lambda point: point["y"])
    assert highest["told"] == f"{best:.4g}"
    assert highest["name"] == "L2, in-sample (paper), simulated-large"
    assert highest["n"] == "4 readers, 1,925 word pairs"


@pytest.mark.parametrize(
    ("form", "begins"),
    [("csv", b"corpus,"), ("parquet", b"PAR1"), ("svg", b"<svg"), ("png", b"\x89PNG"), ("vl.json", b"{")],
)
def test_a_chart_is_downloaded_as_data_picture_and_specification(address: str, form: str, begins: bytes):
    _, page = get(address + "/")
    found = re.search(rf'href="(/download[^"]*exhibit=layer_curve&amp;form={re.escape(form)})"', page)[1]
    with urlopen(address + found.replace("&amp;", "&")) as answered:
        assert answered.headers["Content-Disposition"] == f'attachment; filename="layer_curve.{form}"'
        assert answered.read().startswith(begins)


def test_a_run_is_explained_and_leads_to_what_it_stands_on(address: str):
    _, page = get(address + "/")
    run = re.search(r'href="/run\?run=(\d+)"', page)[1]
    status, told = get(f"{address}/run?run={run}")
    assert status == 200
    assert "compute human_resemblance" in told
    assert "left out   sim-01" in told
    before = re.search(r'Stands on run <a href="(/run\?run=\d+)"', told)[1]
    assert get(address + before)[0] == 200
    assert get(f"{address}/run?run=999999")[0] == 404
    assert "is not the number of a run" in get(f"{address}/run?run=x")[1]


def test_a_few_models_can_be_picked_by_name_order_and_number(address: str):
    _, page = get(address + "/?search=LARGE&order=resemblance")
    curves = [point for point in charted(page) if point["series"].startswith("simulated")]
    assert {point["series"] for point in curves} == {"simulated-large"}
    assert chosen(page)["order"] == "resemblance"
    _, page = get(address + "/?search=none-such")
    assert "No model has &#39;none-such&#39; in its name" in page


def test_what_is_not_computed_says_what_to_compute(address: str):
    _, page = get(address + "/exhibits?exhibit=divergence_curve")
    assert "run `warehouse compute attention-divergence`" in page


def test_a_head_is_shown_cell_by_cell_beside_the_mean_of_the_readers(address: str, shown_study: Database):
    attention, gaze = matrices(get(address + HEAD)[1])
    with shown_study.connect(read_only=True) as connection:
        weights = connection.execute(
            "SELECT weight FROM mart.attention_cell WHERE model = 'simulated-medium' AND layer = 3 AND head = 2 "
            "AND sentence_label = 's.01.02' ORDER BY from_word, to_word"
        ).fetchall()
        saccades = connection.execute(
            "SELECT avg(saccade_count)::float FROM mart.saccade_cell WHERE language_group = 'L2' AND is_causal "
            "AND saccade_rule = 'consecutive' AND sentence_label = 's.01.02' "
            "GROUP BY from_word, to_word ORDER BY from_word, to_word"
        ).fetchall()
    assert attention == [f"{weight:.3g}" for (weight,) in weights]
    assert gaze == [f"{mean:.3g}" for (mean,) in saccades]


def test_one_reader_is_shown_with_all_word_pairs_on_request(address: str, shown_study: Database):
    attention, gaze = matrices(get(f"{address}{HEAD}&reader=L1/sim-02&pairs=all")[1])
    with shown_study.connect(read_only=True) as connection:
        counts = connection.execute(
            "SELECT saccade_count FROM mart.saccade_cell WHERE subject_label = 'L1/sim-02' "
            "AND saccade_rule = 'consecutive' AND sentence_label = 's.01.02' ORDER BY from_word, to_word"
        ).fetchall()
    assert gaze == [str(count) for (count,) in counts]
    assert len(gaze) > len(attention)


def test_the_address_holds_the_whole_state(address: str):
    _, page = get(address + HEAD)
    told = {"model": "simulated-medium", "layer": "3", "head": "2", "sentence": "s.01.02", "reader": "L2"}
    assert chosen(page).items() >= told.items()
    following = re.search(r'href="(\?[^"]*)" aria-label="next layer"', page)[1].replace("&amp;", "&")
    assert chosen(get(f"{address}/heads{following}")[1]) == chosen(page) | {"layer": "4"}


def test_a_name_that_is_not_there_is_told_and_the_first_is_shown(address: str):
    status, page = get(address + "/heads?model=simulated-small&layer=40&sentence=<b>")
    assert status == 200
    assert "There is no layer &#39;40&#39; here: 0 is shown." in page
    assert "There is no sentence &#39;&lt;b&gt;&#39; here" in page
    assert chosen(page)["layer"] == "0"


def test_an_address_that_is_not_there_is_told(address: str):
    status, page = get(address + "/nothing")
    assert (status, "There is nothing at /nothing" in page) == (404, True)


def test_nothing_may_come_from_elsewhere(address: str):
    for path in [view.path for view in VIEWS] + ["/static/dashboard.css", "/static/dashboard.js"]:
        _, text = get(address + path)
        assert not re.search(r'(?:src|href)="(?:https?:)?//|url\(|@import|fetch\(', text)
    with urlopen(address + "/") as answered:
        assert "default-src 'none'" in answered.headers["Content-Security-Policy"]


def test_a_name_from_elsewhere_that_points_here_is_refused(address: str):
    assert get(address + "/", Host="example.com")[0] == 403
    assert get(address + "/", Host="[::1")[0] == 400
    assert get(address + "/static/dashboard.css", Host="example.com:80")[0] == 403


def test_nothing_but_reading_is_answered(address: str):
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    for method in ("POST", "PUT", "DELETE"):
        connection.request(method, "/")
        answered = connection.getresponse()
        answered.read()
        assert answered.status == 405
    connection.close()


def test_files_beside_the_pages_are_not_handed_out(address: str):
    assert get(address + "/static/../views.py")[0] == 404
    assert get(address + "/static/%2e%2e/views.py")[0] == 404


def test_it_reads_as_a_reader_and_cannot_write(shown_study: Database):
    with open_for_reading(shown_study) as connection:
        (exists,) = connection.execute("SELECT to_regrole('warehouse_reader') IS NOT NULL").fetchone()
        settings = connection.execute(
            "SELECT current_user = 'warehouse_reader', current_setting('transaction_read_only'), "
            "current_setting('statement_timeout')"
        ).fetchone()
    assert settings == (exists, "on", "10s")
    with (
        pytest.raises(DatabaseUnavailable, match="does not allow this role"),
        open_for_reading(shown_study) as connection,
    ):
        connection.execute("DELETE FROM model.language_model")


def test_what_the_database_cannot_do_is_one_sentence(shown_study: Database):
    with pytest.raises(DatabaseUnavailable) as raised, open_for_reading(shown_study) as connection:
        connection.execute("SELECT 1 / 0")
    assert str(raised.value) == "The database could not answer (division by zero): try again, or ask its owner."


def test_a_database_that_is_gone_is_told_on_the_page(serve, cluster):
    with serve(Database(cluster.dsn("no_such_database"))) as address:
        status, page = get(address + "/")
    assert status == 503
    assert "has no database no_such_database" in page


def test_an_empty_warehouse_says_what_to_load(serve, new_database: Database):
    with serve(new_database) as address:
        pages = {view.path: get(address + view.path) for view in VIEWS}
    of_data = {"/heads", "/leaderboard", "/models", "/reader", "/sentence"}
    assert {path for path, (status, _) in pages.items() if status != 200} == of_data & set(pages)
    assert all("the warehouse: holds no " in pages[path][1] for path in of_data & set(pages))


@pytest.mark.parametrize(
    "promised",
    [
        pytest.param("Content-Length: 94371840", id="90 MB"),
        pytest.param("Content-Length: 4097", id="a byte too many"),
        pytest.param("Content-Length: -1", id="less than nothing"),
        pytest.param("Transfer-Encoding: chunked\r\n\r\n5a00000", id="90 MB in one chunk"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_large_body_is_refused_before_it_is_read(address: str, method: str, promised: str):
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as client:
        client.sendall(f"{method} / HTTP/1.1\r\nHost: {parts.netloc}\r\n{promised}\r\n\r\n".encode())
        answer = b""
        while piece := client.recv(4096):  # it answers and hangs up though nothing of the body was sent
            answer += piece
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert get(address)[0] == 200


def test_the_command_prints_the_address_and_ends_with_ctrl_c(shown_study: Database):
    told = [sys.executable, "-m", "warehouse", "dashboard", "--port", "0"]
    environment = {**os.environ, "DATABASE_URL": shown_study.dsn, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    with process:
        address = process.stdout.readline().strip()
        assert get(address)[0] == 200
        taken = subprocess.run(
            [*told[:-1], str(urlsplit(address).port)], capture_output=True, text=True, env=environment
        )
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (0, "Ended.\n")
    assert taken.returncode == 3
    assert f"port {urlsplit(address).port}: cannot be listened on" in taken.stderr
