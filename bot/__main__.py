"""`python -m bot`, also installed as `haberdar`."""

import gc

from digests.apart import COLLECT_AFTER

if __name__ == "__main__":
    gc.set_threshold(COLLECT_AFTER)
    # Imported here: the matching worker loads this module too, and needs nothing of the command line.
    from bot.cli import main

    main()
