"""The demonstration hospital: a seeded generator of a general hospital that fills every table of the contract."""
