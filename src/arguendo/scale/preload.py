"""Loads, by being imported, what shards need: once, by the server that their processes are forked from."""

from arguendo.convert import convert
from arguendo.scale import shard  # noqa: F401

# Models, tables and expressions are loaded and compiled when they are first needed.
_PAGE = b"""<p>SUPREME COURT OF OHIO</p><p>No. 1</p><p>January 2, 2010</p>
<p>The statute says so. See Smith v. Jones, 1 U.S. 2, 3 (1900); 28 U.S.C. 1. We affirm.</p>"""
convert(_PAGE, "page")
