"""What forms are made of: fields, rows, receipts, drafts, news from others."""
