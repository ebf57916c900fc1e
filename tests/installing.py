"""Get what the tests need of the machine beside this project, a step a line."""

import os
import subprocess
import sys
import time

STEP_TIMEOUT_S = 300


class Steps:
    """What is done for *who*, said with the time it took."""

    def __init__(self, who: str) -> None:
        self._who = who

    def say(self, text: str) -> None:
        sys.stdout.write(f"{self._who}: {text}\n")
        sys.stdout.flush()

    def run(self, *command: str) -> bool:
        """True if it ended well; its last words are said otherwise."""
        began = time.monotonic()
        try:
            ended = subprocess.run(
                command,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=STEP_TIMEOUT_S,
                check=False,
            )
            is_well, words = ended.returncode == 0, (ended.stderr or ended.stdout)
        except (OSError, subprocess.TimeoutExpired) as e:
            is_well, words = False, str(e)
        took = f"{time.monotonic() - began:.0f} s"
        lines = reversed(words.splitlines())
        last = next((line for line in lines if line.strip()), "no reason given")
        # The program's name and not its folder; what is asked of it and not how.
        asked = [os.path.basename(command[0]), *(w for w in command[1:] if w[:1] != "-")]
        end = "done" if is_well else f"failed ({last[:160]})"
        self.say(f"{' '.join(asked)}: {end}, {took}")
        return is_well
