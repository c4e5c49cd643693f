"""Run the command line with ``python -m supportnet``."""

from supportnet.cli import main

if __name__ == "__main__":
    main()
