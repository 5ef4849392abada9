-- The quantities that can be asked for: those of measures of word pairs, and reading times of words.
--
-- Grain: one row per quantity.
-- Leaves out: nothing.
-- Read by: the plan, to name what there is where something else is asked for.
CREATE VIEW slice.quantity AS
SELECT measure.quantity
FROM human.measure
UNION
SELECT reading_quantity.quantity
FROM human.reading_quantity;
