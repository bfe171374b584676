"""The engines that hear and speak, each in a child process of its own."""
