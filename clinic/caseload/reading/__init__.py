"""What the pages of the caseload show, read in few queries."""
