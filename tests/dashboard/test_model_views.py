"""The leaderboard and two models side by side."""

import csv
import re

from tests.dashboard.asking import body
from warehouse.dashboard.model_pair import headings
from warehouse.database.connection import Database


def models(page: str) -> list[str]:
    return re.findall(r'<a href="/models\?[^"]*">([^<]+)</a>', page)


def test_the_leaderboard_is_the_view_in_the_order_that_is_asked_for(address: str, shown_study: Database):
    with shown_study.connect(read_only=True) as connection:
        wanted = [model for (model,) in connection.execute(
            "SELECT model FROM mart.resemblance_leaderboard WHERE language_group = 'L2' ORDER BY leaderboard_rank"
        )]  # fmt: skip
    assert models(body(address + "/leaderboard?group=L2")) == wanted
    page = body(address + "/leaderboard?group=L2&order=model&by=down")
    assert models(page) == sorted(wanted, reverse=True)
    assert 'aria-sort="descending"' in page
    assert models(body(address + "/leaderboard?group=L2&search=MEDIUM&top=50")) == [m for m in wanted if "medium" in m]


def test_a_heading_sorts_and_a_second_time_the_other_way_round(address: str):
    page = body(address + "/leaderboard")
    first = re.search(r'href="(\?[^"]*order=r?e?semblance[^"]*)"', page)[1].replace("&amp;", "&")
    assert "by=down" in first
    again = re.search(r'href="(\?[^"]*order=resemblance[^"]*)"', body(address + "/leaderboard" + first))[1]
    assert "by=up" in again


def test_long_names_are_shortened_above_columns_where_they_stay_apart():
    one, other = (
        "a-long-name-of-a-model-with-everything-in-it-step-0001",
        "another-name-that-is-as-long-as-the-first-step-2",
    )
    assert headings(one, "short") == ("a-long-name-of-a-model-wit…-it-step-0001", "short")
    assert all(len(name) == 40 for name in headings(one, other))
    assert headings(one, one[:30] + "-" + one[30:]) == (one, one[:30] + "-" + one[30:])


def test_two_models_stand_beside_each_other_and_no_third(address: str):
    page = body(address + "/models?left=simulated-large&right=simulated-small")
    assert set(re.findall(r'data-series="(simulated[^"]*)"', page)) == {"simulated-large", "simulated-small"}
    assert re.search(r"<th[^>]*>simulated-large</th><th[^>]*>simulated-small</th>", page)
    assert "best layer" in page
    file = re.search(r'href="(/download[^"]*exhibit=layer_curve&amp;form=csv)"', page)[1].replace("&amp;", "&")
    models = {row["model"] for row in csv.DictReader(body(address + file).splitlines())}
    assert models == {"simulated-large", "simulated-small"}
