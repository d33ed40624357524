"""The product's parts on one machine: database, broker, web, worker and beat.

Used by the demo, the tests and the benchmark. Production runs the same parts
by other means (see docker-compose.yml), so nothing outside this package
imports it, and it imports nothing of Django.
"""
