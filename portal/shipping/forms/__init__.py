"""Shapes and words of the forms about parcels."""
