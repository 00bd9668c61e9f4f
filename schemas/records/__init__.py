"""One file a record type; the registry finds each by being here."""
