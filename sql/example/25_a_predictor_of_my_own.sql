-- Does a predictor of my own explain anything beyond the trivial patterns?
--
-- R2 of one reader's looks on the three patterns, then with the length of the word looked at beside them. Do it for
-- every reader and test the gain over readers before you believe it: in-sample R2 never falls.
SELECT
    language_group,
    reader,
    round(fn.r2(
        array_agg(saccade_count::double precision),
        array_agg(ARRAY[(to_word = 0)::integer, (to_word = from_word - 1)::integer, (to_word = from_word)::integer]::real[])
    )::numeric, 4) AS patterns,
    round(fn.r2(
        array_agg(saccade_count::double precision),
        array_agg(ARRAY[
            (to_word = 0)::integer, (to_word = from_word - 1)::integer, (to_word = from_word)::integer, char_length(to_text)
        ]::real[])
    )::numeric, 4) AS with_word_length
FROM mart.saccade_cell_default
WHERE
    corpus = 'simulated' AND is_causal
    AND reader IN ('L1/sim-02', 'L1/sim-03', 'L2/sim-02', 'L2/sim-03')
GROUP BY language_group, reader
ORDER BY language_group, reader;
