"""The pages of a reader and of a sentence."""

import json
import re
from urllib.request import urlopen

import pytest

from tests.dashboard.asking import body, get
from warehouse.database.connection import Database

READER = "/reader?reader=L2/sim-02&sentence=s.01.02"
SENTENCE = "/sentence?sentence=s.01.02&model=simulated-large&layer=3"


def charts(page: str) -> list[list[dict[str, object]]]:
    """The points of each chart of a page."""
    specs = re.findall(r'class="specs">(.*?)</script>', page, re.DOTALL)
    return [[point for panel in json.loads(spec) for point in panel["data"]["values"]] for spec in specs]


def test_a_readers_fixations_are_drawn_in_their_order(address: str, shown_study: Database):
    path, measures, resemblance = charts(body(address + READER))
    with shown_study.connect(read_only=True) as connection:
        fixations = connection.execute(
            "SELECT word_position, duration_ms FROM mart.fixation WHERE reader = 'L2/sim-02' "
            "AND sentence_label = 's.01.02' AND word_position IS NOT NULL ORDER BY fixation_ordinal"
        ).fetchall()
        gaze = connection.execute(
            "SELECT gaze_duration_ms FROM mart.reading_measure WHERE reader = 'L2/sim-02' "
            "AND sentence_label = 's.01.02' ORDER BY word_position"
        ).fetchall()
        best = connection.execute(
            "SELECT max(r2) FROM mart.human_resemblance WHERE reader = 'L2/sim-02' "
            "AND measure = 'saccade_count/consecutive'"
        ).fetchone()
    assert [(point["x"], point["value"]) for point in path if "y" in point] == fixations
    assert [(point.get("y"),) for point in measures if point["series"] == "gaze duration"] == gaze
    assert max(point["y"] for point in resemblance) == best[0]


def test_a_reader_who_is_excluded_says_why(address: str):
    page = body(address + "/reader?reader=L1/sim-01")
    assert "Analyses leave this reader out: looked anywhere instead of reading (planted)." in page
    assert "which leaves out readers who are excluded" in page


def test_all_heads_of_a_layer_stand_beside_each_other_and_lead_to_each(address: str, shown_study: Database):
    page = body(address + SENTENCE)
    _, beside, heads = charts(page)
    with shown_study.connect(read_only=True) as connection:
        weights = connection.execute(
            "SELECT weight FROM mart.attention_cell WHERE model = 'simulated-large' AND layer = 3 "
            "AND sentence_label = 's.01.02' ORDER BY head, from_word, to_word"
        ).fetchall()
    assert [(point["value"],) for point in heads] == weights
    assert {point["panel"] for point in beside} == {"simulated-large, layer 3, head 0", "L1 readers", "L2 readers"}
    links = re.findall(r'<figcaption><a href="(/heads[^"]*)">head (\d+)</a>', page)
    assert [number for _, number in links] == [str(n) for n in range(len({point["panel"] for point in heads}))]
    assert "simulated-large, layer 3, head 1" in body(address + links[1][0].replace("&amp;", "&"))


def test_any_head_is_shown_beside_the_readers_as_arcs_or_as_a_matrix(address: str):
    for shape, mark in (("arcs", "line"), ("matrix", "rect")):
        page = body(f"{address}{SENTENCE}&head=1&shape={shape}")
        spec = json.loads(re.findall(r'class="specs">(.*?)</script>', page, re.DOTALL)[1])
        assert [panel["layer"][0]["mark"]["type"] for panel in spec] == [mark] * 3
        head = spec[0]["data"]["values"]
        assert {point["panel"] for point in head} == {"simulated-large, layer 3, head 1"}
        assert head[0]["link"].startswith("/heads?corpus=simulated&model=simulated-large")
    weights = [panel["layer"][0]["encoding"]["color"]["scale"]["domain"][1] for panel in spec]
    assert len(set(weights)) == 3  # each on a scale of its own


@pytest.mark.parametrize(("path", "count"), [(READER, 3), (SENTENCE, 3), ("/heads?sentence=s.01.02", 2)])
def test_what_is_drawn_is_downloaded_as_data_picture_and_specification(address: str, path: str, count: int):
    page = body(address + path)
    found = [one.replace("&amp;", "&") for one in re.findall(r'href="(/download[^"]*view=[^"]*)"', page)]
    assert len(found) == 5 * count
    for form, begins in (("csv", b""), ("parquet", b"PAR1"), ("svg", b"<svg"), ("png", b"\x89PNG"), ("vl.json", b"{")):
        file = next(one for one in found if one.endswith(f"form={form}"))
        with urlopen(address + file) as answered:
            assert f'.{form}"' in answered.headers["Content-Disposition"]
            content = answered.read()
        assert content.startswith(begins)
        if form == "csv":
            drawn = charts(page)
            assert not drawn or content.count(b"\n") > 5


def test_a_drawing_that_is_not_there_is_told(address: str):
    assert get(f"{address}/download?view=/nothing&drawing=x&form=csv")[0] == 404
    status, page = get(f"{address}/download?view=/reader&drawing=where-the-eyes-wnet&form=csv")
    assert (status, "where-the-eyes-went" in page) == (404, True)


def test_rows_lead_to_readers_and_sentences(address: str):
    page = body(address + "/sql?query=SELECT+reader,+sentence_label+FROM+reading_measure+ORDER+BY+1,2+LIMIT+1")
    assert '<a href="/reader?reader=L1%2Fsim-02">L1/sim-02</a>' in page
    assert '<a href="/sentence?sentence=s.01.01">s.01.01</a>' in page
