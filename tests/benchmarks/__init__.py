"""`make bench`: what the hot paths cost, each beside its floor in the same run. They never fail by time."""
