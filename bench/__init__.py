"""What the project promises about speed, each as a ratio against a named reference measured in the same run."""
