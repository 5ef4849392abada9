"""Where a number comes from, in lines of text: for `warehouse explain` and the dashboard."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

SHORT = 12  # hex digits of a digest in the text; JSON has all


def lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Say it line by line.

    Parameters
    ----------
    told : mapping
        As `warehouse.ledger.provenance.explain` gives it.
    """
    run, unit = told["run"], told["unit"]
    handle = f"{run['run_id']}/{unit['unit_id']}" if unit else str(run["run_id"])
    yield f"{handle}  {run['job']}" + (f": {unit['unit_key']}" if unit else "")
    if unit:
        when = f"{unit['finished_at']:%Y-%m-%d %H:%M:%S} UTC"
        yield f"  wrote      {unit['row_count']:,} rows at {when}; {unit['unit_state']}"
    yield f"  code       {run['code_version']}; " + ", ".join(f"{k} {v}" for k, v in run["environment"].items())
    yield f"  parameters {json.dumps(run['parameters'])}" + (f", seed {run['seed']}" if run["seed"] else "")
    yield f"  run        {run['run_status']}, attempt {run['attempt']}, by {run['started_by']} on {run['host']}"
    for before in told.get("stands_on", ()):
        yield f"  stands on  {_handle(before)}, {before['job']}, code {before['code_version']}"
    if told.get("changed"):
        yield f"  stale      changed since it was computed: {', '.join(told['changed'])}"
    yield from _digests("read", told["read"])
    for attention in told.get("attention", ()):
        yield from _attention(attention)
    for group in told.get("readers", ()):
        yield from _readers(group)
    for rejection in told["rejected"]:
        yield f"not loaded: {rejection['place']}: {rejection['reason']}"


def _handle(before: Mapping[str, Any]) -> str:
    """Name what something stands on as a later `explain` takes it: a unit of a run, or a run of which it is several."""
    units = before["unit_ids"]
    return f"{before['run_id']}/{units[0]}" if len(units) == 1 else f"{len(units):,} units of run {before['run_id']}"


def _attention(told: Mapping[str, Any]) -> Iterator[str]:
    names = ", ".join(str(told[name]) for name in ("model", "condition", "method", "alignment", "dtype"))
    yield f"attention {told['extraction_id']}: {names}; loaded by run {told['run_id']} ({told['job']})"
    for code, reason in told["warnings"].items():
        yield f"  warning    {code}: {reason}"
    yield from _digests("file", told["files"])


def _readers(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"readers: {told['subject_count']} of {told['language_group']}, {told['measure']}"
    for left in told["left_out"]:
        where = f" in {left['sentence_label']}" if left["sentence_label"] else ""
        yield f"  left out   {left['subject_label']}{where}: {left['excluded_because']} ({left['source']})"
    for reader in told["readers"]:
        files = reader["files"] or {"(no file on record)": reader["fingerprint"] or ""}
        yield from _digests(reader["subject_label"], files)


def _digests(what: str, found: Mapping[str, str]) -> Iterator[str]:
    for name, digest in found.items():
        yield f"  {what:<10} {_SHA256.sub(lambda found: found[0][:SHORT], digest):<{SHORT}}  {name}"


_SHA256 = re.compile("[0-9a-f]{64}")
