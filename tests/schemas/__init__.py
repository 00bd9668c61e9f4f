"""Tests of the vocabulary: checks, fields, record types, the envelope of an op, clocks and digests."""
