"""Reads of the distribution."""
