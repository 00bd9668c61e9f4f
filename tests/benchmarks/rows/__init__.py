"""The rows of `make bench`, one module each: NUMBER (its place), NAME, WORK, GOAL and `run(bench)` → Figures."""
