"""Orders: of credit, submitted, canceled, expired."""
