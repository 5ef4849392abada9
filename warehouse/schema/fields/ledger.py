"""The run ledger, access and installed objects."""

from warehouse.declarations import ARRAY, Date, Text
from warehouse.schema.fields.field import BIG, BOOL, DOUBLE, INT, JSON, SMALL, TEXT, TIME, Field

FIELDS: dict[str, Field] = {
    "run_id": Field(INT, "Run that wrote this row; see ops.run", example="7"),
    "unit_id": Field(INT, "Unit of work within the run, written in one transaction; see ops.unit", example="3"),
    "job": Field(TEXT, "What ran: kind and name of the source or analysis", example="compute human_resemblance"),
    "parameters": Field(JSON, "Parameters of the run by name", example='{"leave_out": []}'),
    "code_version": Field(TEXT, "Version of the package and digest of the code that computed", example="0.1.0+3f9a"),
    "input_fingerprint": Field(
        TEXT, "SHA-256 over the names and digests of all inputs of the run, hex", example="9f2c61d0..."
    ),
    "seed": Field(BIG, "Seed of the random numbers; null where none are drawn", "from 0", "20231206"),
    "environment": Field(
        JSON,
        "Versions of Python and of the packages that decide numbers, and the platform",
        example='{"python": "3.12.4", "numpy": "2.2.1"}',
    ),
    "run_status": Field(
        TEXT,
        "How the run stands: running (dead when no process holds its lock), done, failed, interrupted",
        example="done",
    ),
    "attempt": Field(SMALL, "How often it was begun, counted from 1: the run, or the unit of work", "from 1", "1"),
    "started_at": Field(TIME, "When it started", example="2023-12-06 09:00:00+00"),
    "taken_up_at": Field(TIME, "When its last attempt began", example="2023-12-06 09:00:00+00"),
    "finished_at": Field(TIME, "When it ended; null while it runs", example="2023-12-06 09:00:12+00"),
    "duration_s": Field(
        DOUBLE, "How long the last attempt took, or has taken so far; of a dead run until its last unit", "s", "12.4"
    ),
    "is_alive": Field(BOOL, "Whether the process that does the run lives; null where it does not run", example="true"),
    "host": Field(TEXT, "Machine it ran on", example="lab-7"),
    "process_id": Field(INT, "Process that ran it, on that machine", example="41207"),
    "started_by": Field(TEXT, "Who started it: name in the operating system", example="anna"),
    "error": Field(TEXT, "Why it failed, in one sentence; null where it did not", example="holds no event files"),
    "input_name": Field(TEXT, "What was read: a file, an extraction's layer, a group of readers", example="attention"),
    "digest": Field(TEXT, "SHA-256 of the content, hex", example="27a04be1..."),
    "salt": Field(TEXT, "Random text that goes before the name into the digest, hex", example="5f0c2a9e..."),
    "unit_key": Field(TEXT, "Name of the unit of work; the same unit keeps it from run to run", example="L1/sub-02"),
    "fingerprint": Field(
        TEXT, "SHA-256 over code, parameters and digests of the inputs of the unit, hex", example="5d1e77c2..."
    ),
    "inputs": Field(JSON, "What the fingerprint is made of: part to digest", example='{"attention": "27a04be1.../3"}'),
    "unit_state": Field(TEXT, "How the unit stands: done, or superseded by a later run", example="done"),
    "row_count": Field(BIG, "Rows that the unit wrote", "rows", "1836"),
    "rejection_id": Field(INT, "Number of the rejection", example="12"),
    "place": Field(
        TEXT, "Where in the input: file and line, reader and sentence", example="reader 3, sentence t.01.21"
    ),
    "reason": Field(TEXT, "Why, in words", example="the matrix is 12 x 12 where the sentence has 10 words"),
    "offending_text": Field(TEXT, "The text or value that was refused", example="NaN"),
    "object_name": Field(TEXT, "Name of the view or function with its schema", example="mart.layer_curve"),
    "object_kind": Field(TEXT, "view or function", example="view"),
    "sha256": Field(TEXT, "SHA-256 of the SQL file, hex", example="e3b0c442..."),
    "installed_at": Field(TIME, "When the object was last installed", example="2023-12-06 08:59:00+00"),
    "usage_warning": Field(TEXT, "Usage warning of a number, from a short closed list", example="not_word_aligned"),
    "entity": Field(TEXT, "Kind of thing the warning is attached to: extraction, sentence, region", example="sentence"),
    "entity_name": Field(TEXT, "Name of the thing the warning is attached to", example="t.03.16"),
    "unit_count": Field(
        BIG, "Units of work that the run is to do in all; null where that is not known", "units of work", "72"
    ),
    "done_count": Field(BIG, "Units of work that the run wrote so far", "units of work", "70"),
    "worker": Field(INT, "Number of a process at work: its sessions hold locks of that number", "number", "1204417"),
    "taken_at": Field(TIME, "When it took the unit in hand", example="2023-12-06 09:00:04+00"),
    "is_held": Field(
        BOOL, "Whether the process that took it lives; a lease that is not held is dead work", example="true"
    ),
    "row_total": Field(BIG, "Rows that the run wrote so far", "rows", "275583"),
    "rejection_count": Field(BIG, "Pieces of input that the run did not load", "pieces of input", "0"),
    "entity_id": Field(INT, "Surrogate id of that thing", example="78"),
    "usage_warnings": Field(
        ARRAY(Text()),
        "Usage warnings that go with the row's numbers; empty where there are none",
        example="{not_word_aligned}",
        heading="warnings",
    ),
    "source_run_id": Field(INT, "Run that loaded the file that was read; null for what is not a file", example="3"),
    "about": Field(
        ARRAY(Text()),
        "What the unit's rows tell of, by kind and id: who may not see one of these may not see them; null: not known",
        example='{"extraction 3","group L1"}',
    ),
    "embargo_id": Field(INT, "Number of the embargo", example="1"),
    "embargoed_until": Field(Date(), "First day, of UTC, on which everyone sees it", example="2027-01-01"),
    "visible_to": Field(
        ARRAY(Text()), "Roles that see it all the same, and the members of those roles", example="{lab}"
    ),
    "heartbeat_at": Field(
        TIME, "When the process gave its last sign of life, one every ten seconds", example="2023-12-06 09:00:04+00"
    ),
}
