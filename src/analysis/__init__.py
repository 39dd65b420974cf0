"""DRG value workbench: a hospital's tables in, a month closed once, every report reads the closed month."""
