"""What is asked of other hosts: lists, metadata, links."""
