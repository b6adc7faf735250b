"""What is claimed, and how observations are judged. Imports of lab its nouns, seams and errors only."""
