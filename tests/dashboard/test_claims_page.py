"""Claims with their evidence."""

from urllib.request import urlopen

from warehouse.dashboard.claim_view import EVIDENCE, claims
from warehouse.database.connection import Database
from warehouse.report.exhibits import exhibits

ROW = {
    "claim": "resemblance_rises_with_scale", "statement": "Larger models resemble readers more.", "verdict": "holds",
    "quantity_claimed": "Pearson r", "measure": None, "corpus": "a", "reason": "signs agree", "published_value": 0.98,
    "value_here": 0.9, "value_p": 0.01, "corrected_value": 0.7, "corrected_low": 0.4, "corrected_high": 0.9,
    "corrected_p": 0.02, "beyond_value": None, "beyond_low": None, "beyond_high": None, "beyond_p": None,
    "subject_count": 51, "usage_warnings": ["in_sample"], "run_ids": [7, 9],
}  # fmt: skip


def test_a_claim_stands_beside_its_evidence_with_intervals():
    (claim,) = claims([ROW | {"language_group": group} for group in ("L1", "L2")])
    (panel,) = claim.shown.chart.panels
    points = {(point["series"], point["x"]): point for point in panel["data"]["values"]}
    assert {kind for _, kind in points} == {"published", "here", "corrected"}
    corrected = points["L1", "corrected"]
    assert (corrected["y"], corrected["low"], corrected["high"]) == (0.7, 0.4, 0.9)
    assert (corrected["n"], corrected["run"], corrected["warnings"]) == ("51 readers", "7, 9", "in_sample")
    assert "low" not in points["L1", "published"]
    assert (claim.exhibit, claim.runs) == ("scale_fit", [7, 9])


def test_every_claim_leads_to_an_exhibit(shown_study: Database):
    with shown_study.connect(read_only=True) as connection:
        names = {name for (name,) in connection.execute("SELECT DISTINCT claim FROM mart.claim")}
    assert names == set(EVIDENCE)
    assert set(EVIDENCE.values()) <= {one.name for one in exhibits()}


def test_the_page_says_each_verdict(address: str):
    with urlopen(address + "/claims") as answered:
        page = answered.read().decode()
    assert "Larger models resemble readers more." in page
    assert 'To be seen in <a href="/exhibits?exhibit=scale_fit">' in page
