"""Live pictures, worked in Chromium. A package, so that its tests share one browser and one page."""
