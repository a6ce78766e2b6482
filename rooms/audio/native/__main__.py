"""`python -m rooms.audio.native`: make the library now, for an image whose folders cannot be written to later."""

import sys

from rooms.audio.native import NotBuilt, build

if __name__ == "__main__":
    try:
        sys.stdout.write(f"{build()}\n")
    except NotBuilt as error:
        sys.exit(f"The engine will run without its C loops: {error}")
