"""Who may see and do what: database users, embargoes, and what is erased when somebody withdraws."""
