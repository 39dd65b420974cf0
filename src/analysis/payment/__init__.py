"""DRG payment: versioned rate packs, standards, outliers."""
