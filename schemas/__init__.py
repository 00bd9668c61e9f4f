"""The vocabulary of both sides of the wire. README.md says what lives here; start reading in records/."""
