"""What ran, on what, how it ended, and usage warnings."""

from warehouse.declarations import Index
from warehouse.schema.tables.base import check, field, key, refers, surrogate, table, unique

run = table(
    "ops",
    "run",
    "One row per run of a source or an analysis: what, with which code and parameters, on which input, how it ended. "
    "A run that was killed and given again is taken up under the same number.",
    surrogate("run_id"),
    field("job"),
    field("parameters"),
    field("code_version"),
    field("input_fingerprint", null=True),
    field("seed", null=True),
    field("environment"),
    field("run_status"),
    field("attempt", default="1"),
    field("started_at", default="now()"),
    field("finished_at", null=True),
    field("host"),
    field("process_id"),
    field("started_by"),
    field("error", null=True),
    field("unit_count", null=True),
    field("taken_up_at", default="now()"),
    check("run_status", "run_status IN ('running', 'done', 'failed', 'interrupted')"),
    check("attempt", "attempt >= 1"),
    check("unit_count", "unit_count >= 0"),
)

# for its statistics: without them the planner takes it that nothing is left out in one run of 200, and joins row by row
Index("run_leave_out_idx", run, expression="(parameters -> 'leave_out'::text)", is_unique=False)

run_input = table(
    "ops",
    "run_input",
    "One row per thing a run read, with its digest: where a number comes from.",
    refers("run_id", "ops.run", is_key=True),
    key("input_name"),
    field("digest"),
)

unit = table(
    "ops",
    "unit",
    "One row per unit of work that a run wrote, in the transaction that wrote it; what is not here is not there.",
    refers("run_id", "ops.run", is_key=True),
    surrogate("unit_id"),
    field("unit_key"),
    field("fingerprint"),
    field("inputs"),
    field("unit_state", default="'done'"),
    field("row_count"),
    field("finished_at", default="now()"),
    field("about", null=True),
    field("attempt", default="1"),
    unique("run_id", "unit_key"),
    check("unit_state", "unit_state IN ('done', 'superseded')"),
    check("row_count", "row_count >= 0"),
    check("attempt", "attempt >= 1"),
)

lease = table(
    "ops",
    "lease",
    "One row per unit of a run that a process has in hand: taken before the work, given back in the transaction that "
    "writes the unit. One whose worker holds no lock is dead work, which another takes over.",
    refers("run_id", "ops.run", is_key=True),
    key("unit_key"),
    field("worker"),
    field("attempt", default="1"),
    field("host"),
    field("process_id"),
    field("taken_at", default="clock_timestamp()"),
    check("attempt", "attempt >= 1"),
)

worker = table(
    "ops",
    "worker",
    "One row per process that ingests, computes or forgets, with its last sign of life, by the server's clock. After a "
    "minute without one, its sessions are ended by whoever needs what it holds.",
    key("worker"),
    field("host"),
    field("process_id"),
    field("heartbeat_at", default="clock_timestamp()"),
)

rejection = table(
    "ops",
    "rejection",
    "One row per piece of input that was not loaded, with the reason: nothing is dropped in silence.",
    refers("run_id", "ops.run", is_key=True),
    surrogate("rejection_id"),
    field("unit_key"),
    field("place"),
    field("reason"),
    field("offending_text"),
)

sql_object = table(
    "ops",
    "sql_object",
    "One row per installed view or function, with the digest of the file it came from.",
    key("object_name"),
    field("object_kind"),
    field("sha256"),
    field("installed_at", default="now()"),
)

usage_warning = table(
    "ops",
    "usage_warning",
    "The short closed list of usage warnings.",
    key("usage_warning"),
    field("description"),
)

usage_warning_on = table(
    "ops",
    "usage_warning_on",
    "One row per thing that a usage warning is attached to; numbers derived from it carry the warning.",
    refers("usage_warning", "ops.usage_warning", is_key=True),
    key("entity"),
    key("entity_id"),
    field("reason"),
    check("entity", "entity IN ('extraction', 'sentence', 'region')"),
)

embargo = table(
    "ops",
    "embargo",
    "One row per corpus, group of readers or extraction that only the roles named here see until a day, with all that "
    "is derived from it.",
    surrogate("embargo_id"),
    refers("corpus_id", "stimulus.corpus", null=True),
    refers("language_group", "human.language_group", null=True),
    refers("extraction_id", "model.extraction", null=True),
    field("embargoed_until"),
    field("visible_to"),
    unique("corpus_id", "language_group", "extraction_id", nulls_distinct=False),
    check("of_one_thing", "num_nonnulls(corpus_id, language_group, extraction_id) = 1"),
)

forgotten = table(
    "ops",
    "forgotten",
    "One row per reader who was forgotten, without a name: whoever knows the name can ask whether it is marked, and so "
    "no source brings the reader back in silence.",
    key("digest"),
    field("salt"),
)
