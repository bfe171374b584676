"""A session's folder: its journal is the session; everything else can be made from it."""
