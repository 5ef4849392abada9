"""From a source's rows and arrays to tables: each unit in one transaction, each extraction visible when it is whole."""
