"""Who wrote what, when and from what: runs, units, leases, locks, fingerprints and provenance."""
