"""What web and jobs count. No label has more values than the code has names: no id, no address, nobody's name.

The audio worker's are read from its media process (`audio.py`); what the database says is in `config.state`. The whole list
is in docs/operating/seeing.md.
"""

from prometheus_client import Counter, Gauge, Histogram

_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_JOBS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0)

REQUESTS = Counter("mitalk_http_requests", "HTTP requests, by the pattern of their address", ["route", "status"])
REQUEST_SECONDS = Histogram("mitalk_http_request_seconds", "Until the answer begins", ["route"], buckets=_QUICK)
ERRORS = Counter("mitalk_errors", "Refusals and failures that somebody was told of, by stable code", ["code"])

SOCKETS = Gauge("mitalk_websockets", "Open WebSockets", ["kind"])
COMMANDS = Counter("mitalk_commands", "Commands of the live protocol", ["type", "outcome"])
COMMAND_SECONDS = Histogram("mitalk_command_seconds", "Until a command is answered", ["type"], buckets=_QUICK)
JOINS = Counter("mitalk_joins", "Attempts to enter a room", ["outcome"])
JOIN_SECONDS = Histogram("mitalk_join_seconds", "Until whoever enters has the whole room", buckets=_QUICK)
NEGOTIATIONS = Counter("mitalk_negotiations", "Offers of sound that a page made", ["outcome"])
NEGOTIATION_SECONDS = Histogram("mitalk_negotiation_seconds", "Until a worker has answered", buckets=_QUICK)
HUB_ROOMS = Gauge("mitalk_hub_rooms", "Rooms that this process has a socket of")
CATCH_UPS = Counter("mitalk_hub_catch_ups", "Frames that the bus lost and the database brought", ["audience"])
SLOW_READERS = Counter("mitalk_slow_readers", "Sockets that were cut off because they did not keep up")
WORK_FAILED = Counter("mitalk_hub_work_failed", "Looks of the hub into the database that failed")

JOBS = Counter("mitalk_jobs", "Jobs that were done", ["task", "outcome"])
JOB_SECONDS = Histogram("mitalk_job_seconds", "How long a job took", ["task"], buckets=_JOBS)
JOB_WAIT_SECONDS = Histogram("mitalk_job_wait_seconds", "How long a job waited until it was begun", buckets=_JOBS)

for _audience in ("everyone", "moderators"):
    CATCH_UPS.labels(_audience)
for _kind in ("room", "check"):
    SOCKETS.labels(_kind)
