"""Of runs that differ in their parameters only the latest is seen, for each set of sentences left out."""

import re

import pytest

from warehouse.declarations import CheckConstraint
from warehouse.schema.sqlfiles import sql_files
from warehouse.schema.tables import metadata

LATEST = [
    file.path.stem
    for file in sql_files()
    if file.schema == "current" and re.search("FROM result.*AS later|SELECT DISTINCT ON", file.path.read_text())
]
RUNS = """
run_id | run_status | parameters
1      | done       | {"leave_out": [], "seed": 1}
2      | done       | {"leave_out": [], "seed": 2}
3      | done       | {"leave_out": ["s.1.1"], "seed": 1}
4      | failed      | {"leave_out": [], "seed": 3}
5      | interrupted | {"leave_out": [], "seed": 4}
6      | running     | {"leave_out": [], "seed": 5}
"""
ALL = "123456"


@pytest.mark.parametrize("name", LATEST)
def test_the_latest_run_that_is_done_is_seen_for_each_set_of_sentences_left_out(tables, name: str):
    tables.given("ops.run", RUNS)
    units = [f"{run} | 1 | u | done" for run in ALL]
    tables.given("ops.unit", "\n".join(["run_id | unit_id | unit_key | unit_state", *units]))
    tables.given("human.subject", "subject_id | subject_label | language_group | corpus_id\n1 | a | L1 | 1")
    tables.given("model.language_model", "language_model_id | model | stage\n1 | toy-1 | pretrained")
    extraction = "extraction_id | language_model_id | condition_id | corpus_id | method | extraction_status"
    tables.given("model.extraction", f"{extraction}\n1 | 1 | 1 | 1 | raw | complete\n2 | 1 | 1 | 1 | norm | complete")
    table = name.removesuffix("_by_group")
    values = _values(tables, table)
    rows = "\n".join(" | ".join([run, *values.values()]) for run in ALL)
    tables.given(f"result.{table}", " | ".join(["run_id", *values]) + "\n" + rows)
    tables.expect(f"current.{name}", 'run_id | leave_out\n2 | []\n3 | ["s.1.1"]')


def _values(tables, name: str) -> dict[str, str]:
    """Give a value to each column that may have some only: the first that is allowed."""
    table = metadata.tables[f"result.{name}"]
    rules = " ".join(rule.condition for rule in table.constraints if isinstance(rule, CheckConstraint))
    found = {"unit_id": "1", **dict(re.findall(r"(\w+) IN \('(\w+)'", rules))}
    found |= {name: str(int(least) + 1) for name, least in re.findall(r"(\w+) > ([1-9])\b", rules)}
    for column in table.c:
        for key in column.foreign_keys:
            other, _, referred = key.target_fullname.rpartition(".")
            if column.name != "run_id" and not column.nullable:
                ((value,),) = tables.run(f"SELECT min({referred})::text FROM {other}")
                found[column.name] = value
    return found
