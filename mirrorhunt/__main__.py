"""``python -m mirrorhunt``."""

from mirrorhunt.cli import main

if __name__ == "__main__":
    main()
