"""Trade flows: customs files in, validated lake files, rollups per gate and month."""
