"""Demonstration data: synthetic people over the real settlements of Astrakhan, made from a seed.

The same seed and date give the same ops, ids and stamps included; they go through the gate like
everybody's. Nothing here is about a living person: the insurance numbers and phones come from ranges that,
as far as is known, nobody has been given.
"""
