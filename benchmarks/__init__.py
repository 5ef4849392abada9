"""Figures as ratios of one run: ``python -m benchmarks`` runs all, each module runs alone."""
