"""The marketplace: firms, catalogue, cart and orders."""
