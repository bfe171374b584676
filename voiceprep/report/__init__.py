"""A session as text: JSON for machines, Markdown for people. Touches no files."""
