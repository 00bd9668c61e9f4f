"""Read models for the office's pages: each module answers one page's questions, over projections and records, in a
fixed number of queries however many rows there are. Nothing here writes.
"""
