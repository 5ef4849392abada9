-- The cells of a square matrix where a word looks at itself or at an earlier word, row by row: the cells of regressions.
--
-- Grain: one array a call, n (n + 1) / 2 cells of n rows: (0,0), (1,0), (1,1), (2,0), ...: the order of pair_ordinal.
-- Leaves out: the cells above the diagonal, looking ahead; a matrix that is not square is an error.
-- Source: rows look, columns are looked at (Gao et al. 2023, section 3: "the lower-triangle matrices").
-- Read by: people, e.g. SELECT fn.lower_triangle(ARRAY[[1, 0], [0.3, 0.7]]).
CREATE FUNCTION fn.lower_triangle(matrix double precision[]) RETURNS double precision[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF array_ndims(matrix) IS DISTINCT FROM 2 OR array_length(matrix, 1) <> array_length(matrix, 2) THEN
        RAISE EXCEPTION 'not a square matrix but %: give one row and one column a word', array_dims(matrix);
    END IF;
    RETURN ARRAY(
        SELECT matrix[from_word][to_word]
        FROM generate_subscripts(matrix, 1) AS from_word
        CROSS JOIN generate_subscripts(matrix, 2) AS to_word
        WHERE to_word - array_lower(matrix, 2) <= from_word - array_lower(matrix, 1)
        ORDER BY from_word, to_word
    );
END
$$;
