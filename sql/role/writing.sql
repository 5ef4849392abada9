-- What warehouse_writer may do: everything that ingest and compute do, and read all; not change the schema or embargoes.
--
-- Rights of earlier versions are taken back first. Of units a writer may change the state alone: what they are about
-- (ops.unit.about) decides who sees their results.
--
-- Read by: warehouse db upgrade, whenever anything was installed.
REVOKE ALL ON SCHEMA ops, stimulus, human, model, result, fn, current, slice, mart FROM warehouse_writer;
REVOKE ALL ON ALL TABLES IN SCHEMA ops, stimulus, human, model, result, current, slice, mart FROM warehouse_writer;

DO $$
BEGIN
    -- statistics of what was loaded; before PostgreSQL 17, owners alone may take them, and autovacuum does
    IF current_setting('server_version_num')::integer >= 170000 THEN
        GRANT MAINTAIN ON ALL TABLES IN SCHEMA ops, stimulus, human, model, result TO warehouse_writer;
    END IF;
END
$$;

REVOKE EXECUTE ON FUNCTION fn.end_silent_worker FROM public;
GRANT EXECUTE ON FUNCTION fn.end_silent_worker TO warehouse_writer;
GRANT USAGE ON SCHEMA ops, stimulus, human, model, result, fn, current, slice, mart TO warehouse_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA ops, current, slice, mart TO warehouse_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA stimulus, human, model, result TO warehouse_writer;
GRANT INSERT, UPDATE, DELETE ON ops.run, ops.run_input, ops.lease, ops.worker, ops.rejection, ops.usage_warning_on
TO warehouse_writer;
GRANT INSERT, UPDATE (unit_state) ON ops.unit TO warehouse_writer;
REVOKE EXECUTE ON FUNCTION
fn.create_partition, fn.index_partition, fn.attach_partition, fn.drop_partition, fn.clear_unit
FROM public;
GRANT EXECUTE ON FUNCTION
fn.create_partition, fn.index_partition, fn.attach_partition, fn.drop_partition, fn.clear_unit
TO warehouse_writer;
ALTER DEFAULT PRIVILEGES IN SCHEMA current, slice, mart GRANT SELECT ON TABLES TO warehouse_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE warehouse_owner IN SCHEMA current, slice, mart
GRANT SELECT ON TABLES TO warehouse_writer;
