"""Who is let in to the members' page, by a link or through a hub."""
