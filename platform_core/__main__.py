"""`python -m platform_core COMMAND`: the workbench's services without a browser."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # numpy reads it once; our matrices are too small for threads

from platform_core.cli import main

if __name__ == "__main__":
    main()
