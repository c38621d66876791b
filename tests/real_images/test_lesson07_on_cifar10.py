"""Lesson 07 on the real images: what its text reads from the picture of section 10 is true there too, and in time."""

import re


def test_structure_beats_size_on_photos_in_time(executed_on_photos, capsys):
    notebook = executed_on_photos("07")
    output = "".join(str(part.get("text", "")) for cell in notebook.cells for part in cell.get("outputs", []))
    printed = re.findall(r"^(\S+) +([\d,]+) parameters, test accuracy (\d+)%$", output, re.M)
    with capsys.disabled():
        print("\nlesson 07 on CIFAR-10: " + ", ".join(f"{net} {right} %" for net, _, right in printed))
    assert "Data set: CIFAR-10" in output
    assert len(printed) == 8, "the lesson trains eight nets"
    accuracy = {net: int(right) for net, _, right in printed}
    connected = max(right for net, right in accuracy.items() if net.startswith("fc"))
    assert accuracy["conv12-relu-pool-fc"] > connected + 5
    assert accuracy["(conv8-relu-pool)*2-fc"] > connected + 3
    assert accuracy["(conv8-relu-pool)*3-fc"] > connected - 2
