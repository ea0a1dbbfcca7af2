"""Regions, campaigns, the directory of lycées, and the lycées that take part."""
