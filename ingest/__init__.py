"""One room per source of data. Rooms stand on `warehouse` and do not see each other."""
