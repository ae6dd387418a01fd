"""The RQ workers: one transaction and one verb for each piece of work."""
