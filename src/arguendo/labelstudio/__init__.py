"""Labelling rounds in Label Studio: the page, its config, results in and out, the server."""
