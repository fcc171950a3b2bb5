"""`python -m platform_core COMMAND`: the workbench's services without a browser."""

from platform_core.cli import main

if __name__ == "__main__":
    main()
