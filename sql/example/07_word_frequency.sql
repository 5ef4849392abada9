-- How do I bring my own list of word frequencies?
--
-- In a schema of your own: `CREATE TABLE frequency (bare_text text PRIMARY KEY, per_million real)`, then in psql
-- `\copy frequency FROM 'frequency.csv' CSV HEADER`. Here the list is typed in. Words that it lacks are left out;
-- say how many. `bare_text` is lower case without punctuation, as lists of words are.
WITH frequency (bare_text, per_million) AS (
    VALUES ('the', 29449.0), ('this', 6161.0), ('old', 641.0), ('window', 86.0), ('river', 64.0), ('sailor', 12.0)
)

SELECT
    word.bare_text,
    frequency.per_million,
    count(*) AS looks_possible,
    round(avg(word_reading.duration_ms)) AS total_ms
FROM mart.word_reading
JOIN mart.word
    ON word.sentence_id = word_reading.sentence_id AND word.word_position = word_reading.word_position
JOIN frequency ON frequency.bare_text = word.bare_text
WHERE word_reading.corpus = 'simulated' AND word_reading.is_default AND word_reading.language_group = 'L1'
GROUP BY word.bare_text, frequency.per_million
ORDER BY frequency.per_million DESC;
