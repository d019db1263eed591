"""One vocabulary for every format: names, venues, dates, addresses, labels, kinds, columns, and what is about the list itself."""
