"""The audit log: appended by `accounts.services.record`, kept from change by the database, sealed and verified here."""
