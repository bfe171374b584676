"""The interview itself: pure and synchronous. Nothing here reads a clock, a file, a device or the network."""
