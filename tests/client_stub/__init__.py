"""The field client's own tests, against a tiny server of the protocol that can fail at the worst moments."""
