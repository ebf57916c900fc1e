"""Everything that touches the network: resolver, address guard, connect-to, TLS peer."""
