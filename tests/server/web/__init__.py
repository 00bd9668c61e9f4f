"""The office's pages, as people use them: forms sent and what is then on the page."""
