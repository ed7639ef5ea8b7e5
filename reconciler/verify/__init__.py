"""Do the authoritative name servers answer what git says? Asked of each of them, until all do or the time is over."""
