"""Clinical pathways: the library, adherence, and what a redesign would do (simulation)."""
