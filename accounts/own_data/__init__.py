"""A person's rights over their own data: to see what they agreed to, to take it all along, and to have it erased."""
