"""The models of the package are found as data, without the code that made them."""

import subprocess
import sys

LOOK = """
import sys
from pipeline.models import builtin
from pipeline.profiles import profile
print(*builtin.names(), profile.load("toy").revision, sep="\\n")
sys.exit("pipeline.toy was imported" if "pipeline.toy" in sys.modules else 0)
"""


def test_the_models_of_the_package_are_found_without_the_toy() -> None:
    looked = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True)
    assert (looked.returncode, looked.stderr) == (0, "")
    assert looked.stdout.splitlines()[:3] == [
        "builtin:toy-clip",
        "builtin:toy-i2v",
        "builtin:toy-preview",
    ]
