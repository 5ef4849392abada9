"""One room per source of data. Rooms stand on `warehouse` and do not see each other."""

IS_OF_ATTENTION_WAREHOUSE = True
"""Tells this package from those of the same name in other distributions."""
