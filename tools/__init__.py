"""Programs that write the generated pages of the documentation: ``python -m tools.pages``."""
