"""Who is asking: people, firms' members, roles, sign-in, API tokens and the audit log."""
