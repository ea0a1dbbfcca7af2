"""Device models, devices, their pools and their movements."""
