"""The wheel is whole: built, unpacked elsewhere and used without the checkout."""

import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "pipeline" / "toy" / "weights"


def test_the_wheel_works_outside_the_checkout(tmp_path: Path) -> None:
    build = ["-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run([sys.executable, *build], cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("shotfarm-*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
        packed = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    for file in (path for path in WEIGHTS.rglob("*") if path.is_file()):
        mode = packed[str(file.relative_to(ROOT))]
        assert stat.S_IMODE(mode) == 0o644, f"{file}: {mode:o}"
    assert {path.name for path in site.iterdir() if path.suffix != ".dist-info"} == {
        "farm",
        "pipeline",
    }

    def farm(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "farm", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(site)} | settings,
            capture_output=True,
            text=True,
            check=False,
        )

    where = subprocess.run(
        [sys.executable, "-c", "import farm; print(farm.__file__)"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(site))
    assert farm("--help").returncode == 0
    drawn = farm("dashboards", str(tmp_path / "grafana"))
    assert drawn.returncode == 0, drawn.stderr
    upgraded = farm("db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    assert farm("db", "check").returncode == 0
    material = site / "farm" / "demo" / "shots.csv"
    submitted = farm("submit", str(material), "-p", "demo", "--dry-run")
    assert submitted.returncode == 0, submitted.stderr
    settings = {"FARM_CLUSTER": "inline", "FARM_PROFILE": "toy"}
    checked = farm("check", **settings)
    assert checked.returncode == 0, checked.stdout
    assert f"{site}/pipeline/toy/weights/toy-i2v" in checked.stdout.replace("\n", "")
