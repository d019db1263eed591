"""`python -m studygroup` is the command line."""

from studygroup.commands.cli import main

if __name__ == "__main__":
    main()
