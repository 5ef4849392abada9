-- The share of variance of a column that other columns explain together: R2 of least squares with intercept, in-sample.
--
-- Grain: one number a call; null where y does not vary. Columns that do not vary or depend on others add nothing.
-- Leaves out: rows with a missing value. Arrays of different length are errors.
-- Caveats: it grows with every column. For a few columns: time goes with rows x columns squared (20 columns of 9,000 rows
-- take seconds; warehouse compute is made for layers).
-- Source: R2 = 1 - SSE / SST (Draper & Smith 1998, section 1.3), by sweeping the correlations (Goodnight 1979, The
-- American Statistician 33); pivots below 1e-10 count as dependent. With one column it is regr_r2.
-- Read by: people, e.g. SELECT fn.r2(array_agg(y), array_agg(ARRAY[a, b, c])); y (n), x (n, columns).
CREATE FUNCTION fn.r2(y double precision[], x double precision[]) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    row_count integer := cardinality(y);
    width integer := COALESCE(array_length(x, 2), 1) + 1;
    swept double precision[];
BEGIN
    IF COALESCE(array_length(x, 1), 0) <> row_count THEN
        RAISE EXCEPTION 'y has % rows, x has %', row_count, COALESCE(array_length(x, 1), 0);
    END IF;

    -- covariances of the columns of x and, last, y, flattened: (i, j) is swept[(i - 1) * width + j]
    WITH cell AS (
        SELECT
            (place - 1) / (width - 1) AS line,
            (place - 1) % (width - 1) + 1 AS number,
            value
        FROM unnest(x) WITH ORDINALITY AS given (value, place)
        UNION ALL
        SELECT
            place - 1,
            width,
            value
        FROM unnest(y) WITH ORDINALITY AS given (value, place)
    ),

    complete AS (
        SELECT line, number, value
        FROM cell
        WHERE line NOT IN (SELECT line FROM cell WHERE value IS NULL)
    ),

    covariance AS (
        SELECT
            left_side.number AS i,
            right_side.number AS j,
            covar_pop(left_side.value, right_side.value) AS value
        FROM complete AS left_side
        JOIN complete AS right_side ON right_side.line = left_side.line
        GROUP BY left_side.number, right_side.number
    ),

    deviation AS (
        SELECT i, NULLIF(sqrt(greatest(value, 0)), 0) AS value
        FROM covariance
        WHERE i = j
    )

    SELECT array_agg(COALESCE(covariance.value / a.value / b.value, 0) ORDER BY covariance.i, covariance.j)
    INTO swept
    FROM covariance
    JOIN deviation AS a ON a.i = covariance.i
    JOIN deviation AS b ON b.i = covariance.j;

    IF COALESCE(swept[width * width], 0) = 0 THEN
        RETURN NULL;
    END IF;

    FOR pivot IN 1 .. width - 1 LOOP
        CONTINUE WHEN swept[(pivot - 1) * width + pivot] < 1e-10;
        FOR i IN pivot + 1 .. width LOOP
            FOR j IN REVERSE width .. pivot LOOP
                swept[(i - 1) * width + j] := swept[(i - 1) * width + j]
                    - swept[(i - 1) * width + pivot] * swept[(pivot - 1) * width + j]
                    / swept[(pivot - 1) * width + pivot];
            END LOOP;
        END LOOP;
    END LOOP;
    RETURN greatest(1 - swept[width * width], 0);
END
$$;
