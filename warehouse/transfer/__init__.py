"""Whole databases and chosen results in files, and back: backup, export and the checksums that prove them."""
