"""Facts that all share: gates, countries, HS codes, units, currencies, rates."""
