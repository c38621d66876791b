"""The images of the course: CIFAR-10, and shapes10, which code draws wherever CIFAR-10 is not at hand.

To add a data set, write its module here, with a loader ``load_NAME(download=True)`` marked `register`, and import the
loader below: the import enters it into the registry.
"""

from cs_utils.datasets.cifar10 import load_cifar10 as load_cifar10
from cs_utils.datasets.dataset import Dataset as Dataset
from cs_utils.datasets.dataset import DatasetUnavailable as DatasetUnavailable
from cs_utils.datasets.dataset import channel_statistics as channel_statistics
from cs_utils.datasets.dataset import standardize as standardize
from cs_utils.datasets.registry import LOADERS as LOADERS
from cs_utils.datasets.registry import load_course_dataset as load_course_dataset
from cs_utils.datasets.registry import load_dataset as load_dataset
from cs_utils.datasets.shapes10 import load_shapes10 as load_shapes10
