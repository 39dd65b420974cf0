"""The colours of every page: one accent beside grey, red only for what is bad."""

ACCENT, GREY, BAD = "#1f5a96", "#6b7280", "#b42318"
LIGHT, FAINT, INK = "#d5d9e0", "#eef0f3", "#1f2328"
