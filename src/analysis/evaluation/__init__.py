"""Value-medicine statistics: did it help, what is it worth, what would a rule have paid; frames in, frames out."""
