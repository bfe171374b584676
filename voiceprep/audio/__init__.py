"""Where sound comes in and goes out: files as microphones, the Silero VAD, capture, speakers."""
