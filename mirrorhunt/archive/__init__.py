"""What is kept of the web: captures in the vault, and the packages that are made of them."""
