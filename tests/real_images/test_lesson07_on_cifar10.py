"""Lesson 07 on the real images: what its text reads from its figures is true there too, and in time."""

import re


def test_structure_beats_size_and_skips_beat_depth_on_photos_in_time(executed_on_photos):
    notebook = executed_on_photos("07")
    output = "".join(str(part.get("text", "")) for cell in notebook.cells for part in cell.get("outputs", []))
    nets = re.findall(r"^(\S+) +([\d,]+) parameters, test accuracy (\d+)%$", output, re.M)
    ways = re.findall(r"^(pools|strides|learned) +(\d+)% to (\d+)% of the test images", output, re.M)
    depths = re.findall(r"^(plain|batch norm|residual), +(\d+) convolutions: ([\d.]+) to ([\d.]+)$", output, re.M)
    print("lesson 07 on CIFAR-10: " + ", ".join(f"{net} {right} %" for net, _, right in nets))
    print(ways, depths, sep="\n")
    assert "Data set: CIFAR-10" in output
    assert len(nets) == 8, "the lesson trains eight nets"
    accuracy = {net: int(right) for net, _, right in nets}
    connected = max(right for net, right in accuracy.items() if net.startswith("fc"))
    assert accuracy["conv12-relu-pool-fc"] > connected + 5
    assert accuracy["(conv8-relu-pool)*2-fc"] > connected + 3
    assert accuracy["(conv8-relu-pool)*3-fc"] > connected - 2

    low, high = ({(kind, int(n)): float(pair[i]) for kind, n, *pair in depths} for i in (0, 1))
    assert len(low) == 9
    assert low["plain", 40] >= 2.3 > high["plain", 4]
    assert low["batch norm", 40] > high["batch norm", 4]
    assert high["residual", 40] < low["batch norm", 40]
