"""The pages of remedies: approvals, one remedy, the ledger, how fairly things are given."""
