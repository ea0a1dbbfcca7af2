"""Values that people type, scan or read: each is parsed once, at the edge, into a form that the rest may trust.

No framework, no database, no network. A value that cannot be read raises a `DomainError` with a French sentence for the
screen, or gives `None` where the caller has a better sentence (a scan, a search).
"""
