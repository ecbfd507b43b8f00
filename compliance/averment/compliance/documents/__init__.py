"""Documents that the law asks for: data with a status for every field, filled by the system and by people."""
