"""One room per question. Rooms stand on `warehouse`, never on `ingest`; shared numerics are in `_stats`."""
