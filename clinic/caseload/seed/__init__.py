"""A fictional clinic of any size, the same for the same seed and date."""
