"""Parcels: preparing, printing slips, handing over, tracking numbers."""
