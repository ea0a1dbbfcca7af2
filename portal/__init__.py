"""Fin prêt: the portal with which regions and lycées lend laptops to students."""
