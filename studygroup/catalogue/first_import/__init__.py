"""Reading a list: what stands in a document, and what each line of it says."""
