"""The house's own rules as tests: who imports whom, how files look, what is installed, what is documented."""
