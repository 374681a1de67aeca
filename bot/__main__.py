"""`python -m bot`, also installed as `haberdar`."""

if __name__ == "__main__":
    # Imported here: the matching worker loads this module too, and needs nothing of the command line.
    from bot.cli import main

    main()
