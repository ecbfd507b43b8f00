"""Who is asking: API keys, sign-in with an OpenID Connect issuer, sessions of browsers, and what each may do."""
