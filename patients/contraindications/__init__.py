"""What speaks against a treatment: rules of the clinic, and what they say of a record."""
