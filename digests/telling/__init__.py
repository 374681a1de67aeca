"""T3: what is due is written, once, with its marks and its delivery, in one transaction a chat."""
