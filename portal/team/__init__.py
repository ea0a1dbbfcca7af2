"""Who works in a school and with which role, for how long; what the head delegates."""
