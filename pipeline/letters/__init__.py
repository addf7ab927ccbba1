"""Letters: pieces of news as mail. Pure: a piece goes in, a message as RFC 5322 wants it comes out."""
