"""The ledger of the other warehouse and the results that it leads to, run by run."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ingest.parquet.ids import Ids, NotHere
from ingest.parquet.tables import Export, TableColumns
from ingest.parquet.units import rows_with_new_ids, unit
from warehouse.errors import BadInput
from warehouse.load.stored import Stored
from warehouse.plugin import contents
from warehouse.plugin.contents import Rejection
from warehouse.plugin.registry import analyses
from warehouse.schema.tables import ops
from warehouse.transfer.export.contents import RESULTS

IMPORTED = " (imported)"
"""Ends the name of a job that loaded data elsewhere: here it loaded nothing, so that its source can be loaded again."""


def runs(export: Export, ids: Ids, stored: Stored) -> Iterator[contents.Unit]:
    """Yield a unit for each run: what loaded the data first, for the record, then what was computed."""
    held = ids.match_rows(ops.run)
    for run in export.dicts(ops.run):
        number, job = run["run_id"], run["job"]
        _refuse_unknown(run)
        if job.startswith("compute "):
            rows = partial(_results, export, ids, run, stored)
            yield unit(export, f"run {number}", (ops.run, ops.unit, *RESULTS), rows)
        elif number not in held:
            yield unit(export, f"run {number}", (ops.run, ops.unit), partial(_loading, export, ids, run))


def _refuse_unknown(run: Mapping[str, Any]) -> None:
    """Refuse a run that no warehouse has done."""
    kind, _, name = run["job"].removesuffix(IMPORTED).partition(" ")
    is_known = name in analyses() and run["run_status"] == "done" if kind == "compute" else kind == "ingest"
    if not is_known or not name.isidentifier():
        what = f"its job {run['job'][:60]!r} is not one of this program's, or not done"
        raise BadInput(what, f"run {run['run_id']} of the export", "export it again, and do not change its files")


def _loading(export: Export, ids: Ids, run: Mapping[str, Any]) -> contents.Rows:
    yield from _run(export, ids, {**run, "job": run["job"].removesuffix(IMPORTED) + IMPORTED})
    yield from rows_with_new_ids(ops.unit, _as_done(export.columns(ops.unit, run_id=[run["run_id"]])), ids)
    yield from rows_with_new_ids(ops.rejection, export.columns(ops.rejection, run_id=[run["run_id"]]), ids)


def _results(export: Export, ids: Ids, run: Mapping[str, Any], stored: Stored) -> contents.Rows:
    """Yield the units that this warehouse has not computed itself, with their rows."""
    units, standing = export.dicts(ops.unit, run_id=[run["run_id"]]), stored.standing(run["job"])
    for here in (one for one in units if one["unit_key"] in standing):
        if standing[here["unit_key"]].fingerprint != here["fingerprint"]:
            why = f"run {standing[here['unit_key']].run_id} computed it here from other inputs; that stands"
            yield Rejection(f"run {run['run_id']} of the export: {here['unit_key']}", why)
    chosen = [one["unit_id"] for one in units if one["unit_key"] not in standing]
    if not chosen:
        return
    try:
        translated = _translated(export, ids, run["run_id"], chosen)
    except NotHere as missing:
        yield Rejection(f"run {run['run_id']} of the export", f"it stands on {missing}, which is not here")
        return
    yield from _run(export, ids, run)
    yield from rows_with_new_ids(ops.unit, _as_done(export.columns(ops.unit, unit_id=chosen)), ids)
    for table in RESULTS:
        if table in translated:
            yield from rows_with_new_ids(table, export.columns(table, unit_id=chosen), ids)


def _translated(export: Export, ids: Ids, run_id: int, chosen: list[int]) -> dict[Any, TableColumns]:
    """Find the rows of some units, and that everything apart from the run itself is here."""
    found = {}
    for table in RESULTS:
        rows = export.columns(table, run_id=[run_id], unit_id=chosen)
        if rows["unit_id"]:
            rest = {name: values for name, values in rows.items() if name not in ("run_id", "unit_id")}
            found[table] = ids.translate_ids(table, rest)
    return found


def _run(export: Export, ids: Ids, run: Mapping[str, Any]) -> contents.Rows:
    yield from rows_with_new_ids(ops.run, {name: [value] for name, value in run.items()}, ids)
    yield from rows_with_new_ids(ops.run_input, export.columns(ops.run_input, run_id=[run["run_id"]]), ids)


def _as_done(units: TableColumns) -> TableColumns:
    """Leave the state away: a unit is done when it comes, and may be superseded here later."""
    return {name: values for name, values in units.items() if name != "unit_state"}
