"""python -m engine = the noterank command."""

from engine.cli import main

if __name__ == "__main__":
    main()
