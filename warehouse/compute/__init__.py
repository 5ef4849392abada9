"""From slices to result tables: what is missing or stale, the run of one analysis, and the workers who compute it."""
