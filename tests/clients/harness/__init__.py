"""What scenarios stand on: a server of ours, and people at other people's clients."""
