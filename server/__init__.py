"""The shell around the pure engine. README.md shows the way of a batch; start reading in intake.py."""
