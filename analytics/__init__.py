"""One module per question. Analyses import `warehouse`, never `ingest`; shared numerics are in `_stats`."""

IS_OF_ATTENTION_WAREHOUSE = True
"""Tells this package from those of the same name in other distributions."""
