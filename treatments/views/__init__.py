"""Pages of plans and sessions."""
