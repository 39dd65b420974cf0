"""Cost accounting: ledger to clinical departments in three steps, and from there to patients."""
