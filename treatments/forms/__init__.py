"""What is typed about plans and sessions. A form never saves."""
