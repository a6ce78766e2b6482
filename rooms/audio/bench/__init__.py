"""Measurements of the audio worker with real clients: ICE, DTLS, SRTP decrypted and checked.

Server and clients are separate processes on separate cores. Each subcommand of `manage.py bench` is a module of its own here.
"""
