"""Under which names people may call what is stored: rows of an id, then its names from short to long."""

CORPORA = "SELECT corpus_id, corpus FROM stimulus.corpus"
GROUPS = "SELECT language_group, language_group FROM human.language_group"
SUBJECTS = """
SELECT
    subject_id, subject_label, concat_ws('/', language_group, subject_label),
    concat_ws('/', corpus, language_group, subject_label)
FROM human.subject
JOIN stimulus.corpus USING (corpus_id)
ORDER BY 1
"""


def extractions(*, complete_only: bool = False) -> str:
    """Give the SQL that names extractions; by its number each is one of these names too."""
    return f"""
        SELECT
            extraction_id, extraction_id, model, concat_ws('/', model, condition),
            concat_ws('/', model, condition, method), concat_ws('/', model, condition, method, corpus)
        FROM model.extraction
        JOIN model.language_model USING (language_model_id)
        JOIN model.condition USING (condition_id)
        JOIN stimulus.corpus USING (corpus_id)
        {"WHERE extraction_status = 'complete'" if complete_only else ""}
        ORDER BY 1
    """
