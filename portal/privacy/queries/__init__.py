"""Reads of privacy: who looked, what was asked, everything about one person."""
