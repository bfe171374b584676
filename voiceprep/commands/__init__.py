"""What each command does. Data goes to standard output, chatter to standard error."""
