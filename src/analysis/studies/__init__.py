"""Figures that need several engines or several months at once: the committee's report and the department's page."""
