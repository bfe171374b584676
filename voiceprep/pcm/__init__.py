"""Sound as samples: WAV files that survive a crash, any file's sound as 16 kHz mono, re-chunking."""
