"""Read by Python before anything else, where this folder is on its path: the process goes by another time from its beginning.

Of what passes (`time.monotonic`, waiting, sleeping) it knows the truth. libfaketime was tried: as it is in Debian, every
`time.sleep` fails under it when the monotonic clock is left alone, so what died was not ours to mend.
"""

import os
from datetime import timedelta

import time_machine

time_machine.travel(timedelta(minutes=float(os.environ["WRONG_BY_MINUTES"])), tick=True).start()
