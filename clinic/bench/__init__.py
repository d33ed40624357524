"""How fast the main pages are, as multiples of the cheapest page possible.

`run.py` starts everything and measures from outside, over loopback. What needs Django runs in
processes of its own: `prepare.py` (the measured day, the signed-in people, the number of queries)
and `floor.py` (the cheapest page). Nothing imports this package. See docs/benchmarks.md.
"""
