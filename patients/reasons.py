"""What counts as a reason wherever somebody goes on all the same."""

# In letters: a word is no reason.
SHORTEST_REASON = 10
