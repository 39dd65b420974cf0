"""From raw files to the contract (import), and how good a contract folder is (check)."""
