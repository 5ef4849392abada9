-- What every unit of work read, down to the files: for data their files, for results code, parameters, slices and files.
--
-- Grain: one row per unit that stands and thing that it read; of an analysis also each file of the attention it read.
-- Key: run_id, unit_id, input_name, source_run_id
-- Leaves out: superseded units, runs that are not done. The files of readers stand with the units that loaded them.
-- Read by: people who ask where a number comes from, e.g. WHERE run_id = 7 AND unit_id = 31; warehouse explain tells more.
CREATE VIEW mart.provenance AS
WITH unit_input AS (
    SELECT
        unit.run_id,
        unit.unit_id,
        run.job,
        run.code_version,
        unit.unit_key,
        read.input_name,
        read.digest
    FROM ops.unit
    JOIN ops.run ON run.run_id = unit.run_id
    CROSS JOIN LATERAL jsonb_each_text(unit.inputs) AS read (input_name, digest)
    WHERE unit.unit_state = 'done' AND run.run_status = 'done'
)

SELECT
    unit_input.run_id,
    unit_input.unit_id,
    unit_input.job,
    unit_input.code_version,
    unit_input.unit_key,
    unit_input.input_name,
    unit_input.digest,
    NULL::integer AS source_run_id
FROM unit_input
UNION ALL
-- attention is read by the digest of its extraction and the layer: 27a0.../3; of several layers, its files are named once
SELECT DISTINCT
    unit_input.run_id,
    unit_input.unit_id,
    unit_input.job,
    unit_input.code_version,
    unit_input.unit_key,
    run_input.input_name,
    run_input.digest,
    extraction.run_id AS source_run_id
FROM unit_input
JOIN model.extraction ON extraction.digest = split_part(unit_input.digest, '/', 1)
JOIN ops.run_input ON run_input.run_id = extraction.run_id
WHERE
    NOT EXISTS (
        SELECT 1
        FROM ops.unit AS loaded
        WHERE loaded.run_id = run_input.run_id AND loaded.inputs ? run_input.input_name
    );
