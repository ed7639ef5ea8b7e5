"""From the bytes that an account gives to a file: proven to be the document, under a safe name, never over another."""
