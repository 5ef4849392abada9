"""Every table and figure as a page and as files; the state of a warehouse."""
