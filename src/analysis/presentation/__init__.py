"""How figures are shown: numbers, tables, charts, sentences, and the protection of small groups."""
