"""Who signs in: accounts, roles by school, links and codes by e-mail."""
