"""What we gave this customer: the case, its conversation, its owner, its promises, its closure."""
