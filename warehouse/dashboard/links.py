"""Where a value in a table leads to: a number to its run."""

LINKS = {"run": "/run?run={}"}
