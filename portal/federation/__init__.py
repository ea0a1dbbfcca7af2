"""Sign-in through others: OpenID Connect and the ENT (CAS). Off until a provider is configured."""
