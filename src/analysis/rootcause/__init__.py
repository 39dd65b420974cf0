"""Why a DRG overspends: causes in money that add up, with intervals."""
