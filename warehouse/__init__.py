"""The floor of the attention warehouse: it knows no data set and no analysis. Start reading in `pipeline.py`."""
