"""The administrators' desk: what needs attention, people, gates, rates, background work, the audit log."""
