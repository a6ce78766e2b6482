"""Words against lists of terms: folding and finding, without a database."""
