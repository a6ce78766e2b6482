"""What nobody may be able to do, whoever they are and whatever they send."""
