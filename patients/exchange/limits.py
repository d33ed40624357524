"""How much of a file is taken."""

MEGABYTE = 1024 * 1024
MOST_BYTES = 20 * MEGABYTE
# A sheet of 100,000 rows and 20 columns is about 80 MB once it is unpacked.
MOST_UNPACKED_BYTES = 150 * MEGABYTE
MOST_PARTS = 500
MOST_ROWS = 100_000
MOST_COLUMNS = 100
LONGEST_CELL = 2_000
# The header may stand below a title; further down nobody looks for it.
MOST_LINES_ABOVE = 20


class UnreadableFileError(ValueError):
    """The file cannot be read; the text says why and what to do."""
