"""What tests stand on: a manual clock, a scripted candidate, ports that work at once."""
