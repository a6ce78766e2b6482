"""Seeing what an installation does: metrics, who may read them, ids for logs. Knows no Django and none of the apps."""
