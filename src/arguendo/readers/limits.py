"""Limits that bound time and memory on hostile or broken sources, all of them."""

# A long opinion is 1 MB; this leaves room.
MAX_SOURCE_BYTES = 20_000_000
# Of a PDF.
MAX_PAGES = 3_000
# Elements of HTML nested deeper than any page needs them say nothing more.
MAX_DEPTH = 200
