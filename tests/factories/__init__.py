"""Invented rows for tests: valid, minimal, and each with its own values."""
