"""Where a value in a table leads to: a number to its run, a reader and a sentence to their pages."""

LINKS = {
    "run": "/run?run={}", "reader": "/reader?reader={}", "subject_label": "/reader?reader={}",
    "sentence": "/sentence?sentence={}", "sentence_label": "/sentence?sentence={}",
}  # fmt: skip
