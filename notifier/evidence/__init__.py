"""Proof: the ledger, its export and its verifier."""
