"""Argument, holding and rebuttal spans in US court opinions."""
