"""Products: listing, moderation, photos, search, storefront."""
