"""What people do, a file a topic; each function marked `scenario` gets a server of its own."""
