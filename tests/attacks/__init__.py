"""Attacks as one would meet them, from a tablet and from a browser; tests/simulation/test_secrecy.py has more."""
