"""How staff prove who they are: a password, an authenticator application or a passkey, recovery codes."""
