"""What keeps the tree in order, and the pages that are made from the code."""
