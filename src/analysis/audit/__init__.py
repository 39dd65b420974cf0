"""The audit engine: rules as rows, judged at the service date; statistics that rank and never accuse."""
