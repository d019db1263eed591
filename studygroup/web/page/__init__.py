"""The page itself: widgets over sockets, one page a member a browser."""
