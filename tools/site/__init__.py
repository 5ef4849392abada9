"""The documentation as a site: ``make docs`` builds it from `docs/` in `build/docs`."""
