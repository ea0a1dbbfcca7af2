"""A local stand-in for La Poste: Colissimo's shipping service (SLS) and Suivi v2, built from their documented contract.

Nothing of the portal is imported here, and the portal imports nothing of this: it only knows an address. Labels are
real documents with numbers whose keys are right; parcels move with (accelerated) time; every misbehaviour that the
real services have shown can be switched on through `/_control`.
"""
