"""What consents are, say and allow. Nothing in this package writes."""
