"""Fleets of simulated tablets against a real server, with faults."""
