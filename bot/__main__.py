"""`python -m bot`, also installed as `haberdar`."""

from digests.apart import collect_seldom

if __name__ == "__main__":
    collect_seldom()
    # Imported here: the matching worker loads this module too, and needs nothing of the command line.
    from bot.cli import main

    main()
