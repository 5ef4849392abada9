-- The ceilings of a group of readers that hold now, all kinds side by side.
--
-- Grain: one row per corpus, measure, group of readers and set of sentences left out on request.
-- Leaves out: what current.noise_ceiling leaves out.
-- Read by: slice.layer_curve, mart.resemblance_variant, mart.region_summary, mart.corrected_resemblance.
CREATE VIEW current.noise_ceiling_by_group AS
SELECT
    noise_ceiling.corpus_id,
    noise_ceiling.measure_id,
    noise_ceiling.language_group,
    noise_ceiling.leave_out,
    max(noise_ceiling.run_id) AS run_id,
    max(noise_ceiling.ceiling) FILTER (WHERE noise_ceiling.ceiling_kind = 'group_mean') AS ceiling,
    max(noise_ceiling.ceiling) FILTER (WHERE noise_ceiling.ceiling_kind = 'leave_one_out') AS leave_one_out_ceiling,
    max(noise_ceiling.ceiling) FILTER (WHERE noise_ceiling.ceiling_kind = 'split_half') AS split_half_ceiling,
    max(noise_ceiling.subject_count) AS subject_count
FROM current.noise_ceiling
GROUP BY noise_ceiling.corpus_id, noise_ceiling.measure_id, noise_ceiling.language_group, noise_ceiling.leave_out;
