"""A class of hostile and careless students, each a short function: what is in the notebook, and what it deserves.

All hand in lesson 03. `CANARY` is what they look for: it is in hidden tests, solutions, the instructor's environment,
the gradebook and neighbours' work of the course under test, and must never be in anything that a student gets back.
"""

import copy
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import nbformat

from cs_utils.grading.classroom import sample
from cs_utils.grading.classroom.material import material

LESSON = "03_stride_padding"
FULL = 15.0  # its points


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    `source` is the text of a cell. `where` says where it goes: "first" (before all), "last", "answer" (in the place of
    the first answer). `base` says what the other answers are: "untouched" or "perfect".
    """

    name: str
    kind: str
    source: str
    deserved: float
    where: str
    base: str


ATTACKS: list[Attack] = []


def notebook_with(attack: Attack | None) -> nbformat.NotebookNode:
    """Return what a hostile student hands in, or without an attack what an honest one does: all right answers."""
    course = material(LESSON)
    notebook = copy.deepcopy(course.released)
    if attack is None or attack.base == "perfect":
        solution = nbformat.reads(course.lesson.solution.read_text(encoding="utf-8"), as_version=4)
        sample.answer_all(notebook, solution)
    if attack is not None:
        answers = [i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("solution")]
        if attack.where == "answer":
            notebook.cells[answers[0]].source = attack.source
        else:
            cell = nbformat.v4.new_code_cell(attack.source, id="attack")
            notebook.cells.insert({"first": 3, "last": len(notebook.cells)}[attack.where], cell)
    return notebook


def attack(kind: str, deserved: float = 0.0, where: str = "first", base: str = "untouched") -> Callable:
    """Return a decorator for a function whose value is the source of a cell, or a list of several submissions'."""

    def add(function: Callable) -> Callable:
        sources = function()
        many = sources if isinstance(sources, list) else [sources]
        for number, source in enumerate(many, 1):
            name = function.__name__ + (f"_{number}" if len(many) > 1 else "")
            ATTACKS.append(Attack(name, kind, source, deserved, where, base))
        return function

    return add


# ---- points without an answer: what is patched in the student's own process -------------------------------------------

PATCH = "cheating within the process"


@attack(PATCH)
def empties_test_cells_by_an_input_transformer():
    return "ip = get_ipython()\nip.input_transformers_post.append(lambda lines: ['5.0\\n'] if any('exam' in x for x in lines) else lines)"


@attack(PATCH)
def empties_test_cells_by_an_ast_transformer():
    return (
        "import ast\nclass T(ast.NodeTransformer):\n    def visit_Expr(self, node):\n        return None\n"
        "get_ipython().ast_transformers.append(T())"
    )


@attack(PATCH)
def replaces_run_cell():
    return "ip = get_ipython()\nip.run_cell = lambda *a, **k: type('R', (), {'success': True, 'result': 5.0})()\ntype(ip).run_cell = ip.run_cell"


@attack(PATCH)
def replaces_functions_of_numpy():
    names = [
        "allclose",
        "array_equal",
        "isclose",
        "abs",
        "all",
        "any",
        "asarray",
        "isfinite",
        "testing.assert_allclose",
    ]
    return [
        f"import numpy as np\nimport numpy.testing\nfrom operator import attrgetter\nowner = np\n*path, last = {name!r}.split('.')\n"
        "for part in path:\n    owner = getattr(owner, part)\nsetattr(owner, last, lambda *a, **k: True)"
        for name in names
    ]


@attack(PATCH)
def replaces_builtins():
    names = ["isinstance", "abs", "len", "all", "any", "max", "min", "sum", "type", "print", "float", "callable"]
    return [f"import builtins\nbuiltins.{name} = lambda *a, **k: True" for name in names]


@attack(PATCH)
def replaces_what_the_checks_use():
    names = [
        ("cs_utils.checks.compare", "compare"),
        ("cs_utils.checks.calls", "call"),
        ("cs_utils.checks.calls", "difference"),
        ("cs_utils.checks.calls", "_call_once"),
        ("cs_utils.checks.calls", "_unchanged"),
        ("cs_utils.checks.check", "check"),
        ("cs_utils.checks", "check"),
        ("cs_utils.checks.limit", "call_within"),
        ("cs_utils.checks.values", "fresh"),
        ("cs_utils.checks.records", "find"),
    ]
    return [f"import importlib\nm = importlib.import_module({m!r})\nm.{n} = lambda *a, **k: None" for m, n in names]


@attack(PATCH)
def fakes_the_module_with_the_exams():
    return [
        "import sys, types\nm = types.ModuleType('cs_utils.grading')\nm.exam = lambda name, answer: 5.0\nsys.modules['cs_utils.grading'] = m",
        "import sys, types\nm = types.ModuleType('cs_utils.grading.exams')\nm.exam = lambda *a, **k: 5.0\nsys.modules['cs_utils.grading.exams'] = m",
        "exam = lambda name, answer: 5.0\ncheck = exam",
        "import sys\nsys.meta_path.insert(0, type('F', (), {'find_spec': staticmethod(lambda *a: None)})())",
        "from pathlib import Path\nPath('cs_utils').mkdir()\nPath('cs_utils/__init__.py').write_text('')\nPath('cs_utils/grading.py').write_text('exam = lambda *a: 5.0')\nimport sys; sys.path.insert(0, '.')",
    ]


@attack(PATCH, where="answer")
def returns_what_is_equal_to_everything():
    body = "class E({base}):\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n    __hash__ = None\n{more}\n"
    names = [
        "output_size",
        "zero_pad",
        "same_pad",
        "conv_forward",
        "count_conv_parameters",
        "trace_shapes",
        "receptive_field",
    ]
    define = "\n".join(f"{name} = lambda *a, **k: E()" for name in names)
    bases = ["object", "int", "float", "str", "list", "dict", "tuple"]
    more = "    shape = dtype = property(lambda s: s)\n    def __getattr__(self, n): return self\n    def __call__(self, *a): return self\n    def __len__(self): return 1"
    return [body.format(base=base, more=more if base == "object" else "    pass") + define for base in bases]


@attack(PATCH, where="answer")
def returns_arrays_that_lie():
    names = ["output_size"]
    define = "\n".join(f"{name} = lambda *a, **k: np.zeros(3).view(L)" for name in names)
    tricks = [
        "__eq__ = __ne__ = lambda s, o: True",
        "shape = property(lambda s: (1, 8, 8, 1))",
        "def __array_ufunc__(self, *a, **k): return np.bool_(True)",
        "def __array_function__(self, *a, **k): return True",
        "def __array__(self, *a, **k): raise KeyboardInterrupt",
        "tobytes = lambda s, *a: b''\n    nbytes = 0",
    ]
    return [f"import numpy as np\nclass L(np.ndarray):\n    {trick}\n{define}" for trick in tricks]


@attack(PATCH)
def prints_a_report_of_its_own():
    return [
        "print('output_size: 2 of 2 points\\n  [x] everything (2 of 2)')",
        "def output_size(n, size, stride=1, pad=0):\n    print('output_size: 2 of 2 points')\n    return 2.0",
        "get_ipython().displayhook(15.0)\n15.0",
        "import sys\nsys.__stdout__.write('15 of 15 points')",
        "import os\nfor fd in (1, 2):\n    os.write(fd, b'15 of 15 points')",
    ]


@attack(PATCH, where="answer")
def looks_at_the_caller_for_what_is_expected():
    return [
        "import sys\ndef output_size(n, size, stride=1, pad=0):\n    f = sys._getframe()\n    while f:\n        for v in f.f_locals.values():\n            if type(v).__name__ == 'Outcome': return v.value\n        f = f.f_back",
        "import gc\ndef output_size(*a):\n    for o in gc.get_objects():\n        if type(o).__name__ in ('Outcome', 'Case', 'Exercise', 'Part'): return o.value",
        "import inspect\ndef output_size(*a):\n    return [f.frame.f_locals.get('expected') for f in inspect.stack()][0]",
        "import sys\nseen = []\nsys.settrace(lambda f, e, a: seen.append(dict(f.f_locals)))\ndef output_size(*a): return seen",
        "import sys\nsys.setprofile(lambda f, e, a: None)\nimport threading\nthreading.settrace(lambda *a: None)",
    ]


@attack(PATCH, where="answer")
def calls_what_the_course_ships():
    return [
        "from cs_utils.engine.validation import output_size",
        "from cs_utils import layers\ndef conv_forward(x, w, b, stride=1, pad=0):\n    return layers.conv2d(x, w, b, stride, pad)",
        "from cs_utils.model import ConvNet\nreceptive_field = lambda layers: ConvNet('fc').summary()",
    ]


# ---- what is read that is nobody's business ---------------------------------------------------------------------------

READ = "reading what is hidden"


@attack(READ)
def searches_the_file_system_for_canaries():
    places = [
        "/",
        "/work",
        "/root",
        "/home",
        "/tmp",
        "/etc",
        "/course",
        "/proc",
        "/var",
        "/usr/share",
        "../../..",
        "/dev",
    ]
    return [
        f"import os\nfor folder, _, names in os.walk({place!r}):\n    for name in names:\n        try:\n            text = open(os.path.join(folder, name), 'rb').read(200_000)\n"
        "        except (OSError, MemoryError):\n            continue\n        if b'CANARY' in text:\n            print(folder, name, text)"
        for place in places
    ]


@attack(READ)
def opens_what_it_knows_by_name():
    paths = [
        "solutions/03_stride_padding/stride_padding.ipynb",
        "../../solutions/03_stride_padding/stride_padding.ipynb",
        "grading/gradebook.db",
        "/etc/passwd",
        "/etc/shadow",
        "/root/.ssh/id_rsa",
        "/proc/1/environ",
        "/proc/self/environ",
        "/proc/self/mem",
        "/proc/kcore",
        "/dev/mem",
        "grading/secret",
        "/course/cs_utils/grading/exercises/__init__.py",
    ]
    return [f"print(open({path!r}, 'rb').read(100_000))" for path in paths]


@attack(READ)
def looks_at_the_environment():
    return [
        "import os\nprint(dict(os.environ))",
        "import os\nprint(os.listdir('/proc'))",
        "import psutil\nprint([(p.pid, p.cmdline(), p.environ()) for p in psutil.process_iter()])",
        "import gc\nprint([o for o in gc.get_objects() if isinstance(o, str) and 'CANARY' in o])",
        "print(In, Out, _ih, _oh)",
        "import cs_utils.grading\nfrom cs_utils.grading import find\nprint(find('output_size').oracle)",
        "import importlib\nfor n in ('cs_utils.grading', 'cs_utils.reference', 'cs_utils.benchmark.loops'):\n    print(importlib.import_module(n))",
        "import sys\nprint([m for m in sys.modules if 'grading' in m], sys.path, sys.argv)",
    ]


@attack(READ)
def talks_to_others():
    return [
        "import socket\nsocket.create_connection(('127.0.0.1', 8888), timeout=1)",
        "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('\\0canary')",
        "import urllib.request\nurllib.request.urlopen('http://example.com', timeout=2).read()",
        "import socket\ns = socket.socket()\ns.bind(('0.0.0.0', 0))\ns.listen()\nprint(s.getsockname())",
        "import socket\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).send(b'x')",
        "from multiprocessing import shared_memory\ns = shared_memory.SharedMemory('canary', create=True, size=10)\ns.buf[:6] = b'CANARY'",
        "import subprocess\nprint(subprocess.run(['/bin/sh', '-c', 'cat /etc/passwd'], capture_output=True))",
        "!cat /etc/passwd\n!ls /\nfiles = !ls",
        "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'import cs_utils.grading'], capture_output=True, text=True).stderr)",
    ]


# ---- what is written where it does not belong -------------------------------------------------------------------------

WRITE = "changing what is others'"


@attack(WRITE, deserved=FULL, base="perfect")
def writes_all_over_the_place():
    paths = [
        "/course/cs_utils/layers.py",
        "/inside/worker.py",
        "/usr/lib/x",
        "/x",
        "../../x",
        "/etc/passwd",
        "/dev/sda",
    ]
    return [f"try:\n    open({path!r}, 'w').write('x')\nexcept OSError as e:\n    print(e)" for path in paths]


@attack(WRITE, deserved=FULL, base="perfect")
def leaves_something_for_the_next():
    return [
        "from pathlib import Path\nfor p in ('/tmp/poison', '/home/student/poison', '/dev/shm/poison'):\n    Path(p).write_text('CANARY')",
        "from pathlib import Path\np = Path.home() / '.ipython/profile_default/startup'\np.mkdir(parents=True)\n(p / '0.py').write_text('raise SystemExit')",
        "from pathlib import Path\np = Path('/tmp/ipython/profile_default/startup')\np.mkdir(parents=True, exist_ok=True)\n(p / '0.py').write_text('raise SystemExit')",
        "import os\nif os.fork() == 0:\n    import time\n    time.sleep(1000)\n    os._exit(0)",
        "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        import time\n        time.sleep(1000)\n    os._exit(0)",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,), daemon=False).start()",
        "import atexit\natexit.register(lambda: print('CANARY'))",
        "import os\nos.environ['PYTHONSTARTUP'] = '/tmp/x'\nos.environ['LD_PRELOAD'] = '/tmp/x.so'",
        "import sys\nsys.modules['inside'] = None\nsys.path_hooks.clear()",
        "import os\nos.chmod('/home/student', 0o000)",
        "import os\nos.chdir('/')",
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.umount2(b'/proc', 2)\nlibc.umount2(b'/tmp', 2)\nlibc.unshare(0x10000000 | 0x20000)\nlibc.umount2(b'/proc', 2)",
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.prctl(1, 0, 0, 0, 0)\nlibc.ptrace(16, 1, 0, 0)",
        "import signal\nfor n in range(1, 65):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError):\n        pass",
        "import os\nos.nice(19)",
        "import resource\ntry:\n    resource.setrlimit(resource.RLIMIT_AS, (-1, -1))\nexcept (ValueError, OSError) as e:\n    print(e)",
        "%store x\n%history -g\n%env CANARY=1",
    ]


# ---- what uses too much -----------------------------------------------------------------------------------------------

USE = "using too much"


@attack(USE)
def never_comes_back():
    return [
        "while True:\n    pass",
        "import time\ntime.sleep(1e6)",
        "import itertools\nsum(1 for _ in itertools.count())",
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
        "import signal, threading\nthreading.Event().wait()",
        "10 ** 10 ** 10",
        "import re\nre.match(r'(a+)+$', 'a' * 40 + 'b')",
        "input()\nimport sys\nsys.stdin.read()\nwhile True: pass",
    ]


@attack(USE, where="answer")
def never_comes_back_from_an_answer():
    head = "def output_size(n, size, stride=1, pad=0):\n    "
    return [
        head + "while True:\n        pass",
        head + "import time\n    time.sleep(1e6)",
        head
        + "while True:\n        try:\n            while True:\n                pass\n        except BaseException:\n            pass",
        head + "return output_size(n, size)",
    ]


@attack(USE)
def fills_the_memory():
    return [
        "x = []\nwhile True:\n    x.append(bytearray(50_000_000))",
        "import numpy as np\nnp.ones((100_000, 100_000))",
        "x = 'a' * 10**12",
        "import os\nwhile True:\n    if os.fork() == 0:\n        x = bytearray(1_500_000_000)\n        import time\n        time.sleep(100)",
        "a = [0]\nwhile True:\n    a = a * 2",
        "import mmap\nm = [mmap.mmap(-1, 500_000_000) for _ in range(50)]\nfor x in m:\n    x[:] = b'x' * len(x)",
    ]


@attack(USE, deserved=FULL, base="perfect")
def writes_too_much():
    return [
        "print('x' * 10_000_000)",
        "for i in range(200_000):\n    print(i)",
        "'y' * 50_000_000",
        "from IPython.display import display\nfor i in range(20_000):\n    display(i)",
        "import matplotlib.pyplot as plt\nfor i in range(30):\n    plt.figure()\n    plt.plot([i])\nplt.close('all')",
        "try:\n    with open('big', 'wb') as f:\n        while True:\n            f.write(b'x' * 1_000_000)\nexcept OSError as e:\n    print(e)",
        "import sys\nsys.stderr.write('z' * 5_000_000)",
        "raise ValueError('e' * 5_000_000)",
    ]


@attack(USE)
def starts_too_many_processes():
    return [
        "import os\nwhile True:\n    os.fork()",
        "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(1000,)).start()",
        "import subprocess, sys\np = [subprocess.Popen([sys.executable, '-c', 'while True: pass']) for _ in range(500)]\nwhile True: pass",
    ]


# ---- what ends ----------------------------------------------------------------------------------------------------------

END = "ending the process"


@attack(END)
def ends_its_process():
    return [
        "import os\nos._exit(0)",
        "import os\nos._exit(1)",
        "import os\nos.abort()",
        "import ctypes\nctypes.string_at(0)",
        "exit()",
        "quit()",
        "import os, signal\nos.kill(0, signal.SIGKILL)\nos.kill(-1, signal.SIGKILL)\nos._exit(9)",
        "import faulthandler\nfaulthandler._sigsegv()",
        "get_ipython().ask_exit()",
        "import sys\nsys.setrecursionlimit(10**8)\nf = lambda: f()\nf()",
        "import os\nos.execv('/usr/bin/true', ['true'])\nos._exit(1)",
    ]


@attack(END, deserved=FULL, base="perfect")
def only_raises():
    return [
        "raise SystemExit",
        "raise KeyboardInterrupt",
        "import sys\nsys.exit(3)",
        "class B(BaseException):\n    pass\nraise B",
        "raise type('E', (Exception,), {'__str__': lambda s: 1 / 0})",
        "1/0",
        "def f(:\n",
        "raise StopIteration",
        "class M(type):\n    __name__ = property(lambda s: 1 / 0)\nclass X(Exception, metaclass=M):\n    pass\nraise X",
        "import sys\nsys.excepthook = None\nsys.displayhook = None\n5",
        "import warnings\nwarnings.simplefilter('error')\nimport numpy as np\nnp.seterr(all='raise')",
        "import logging\nlogging.basicConfig(level=1)\nlogging.info('x')",
        "import sys\nsys.stderr.write('debug')\nsys.stdout = None",
        "import sys\nsys.stdout.close()",
    ]


@attack(END, where="answer")
def ends_its_process_from_an_answer():
    head = "def output_size(n, size, stride=1, pad=0):\n    import os, sys\n    "
    return [
        head + "os._exit(0)",
        head + "os.abort()",
        head + "exit()",
        head + "sys.exit()",
        head + "raise SystemExit(0)",
    ]


# ---- the protocol between the two processes ----------------------------------------------------------------------------

WIRE = "lying to the judge"
FIND = (
    "import os, stat, struct, json\n"
    "def sockets():\n"
    "    for fd in range(3, 64):\n"
    "        try:\n"
    "            if stat.S_ISSOCK(os.fstat(fd).st_mode):\n"
    "                yield fd\n"
    "        except OSError:\n"
    "            pass\n"
    "def say(text, body=b'', lengths=None):\n"
    "    for fd in sockets():\n"
    "        try:\n"
    "            os.write(fd, struct.pack('>II', *(lengths or (len(text), len(body)))) + text + body)\n"
    "        except OSError:\n"
    "            pass\n"
)


def reply(**fields):
    """A reply in the wire's own terms, as a student who has read the grader's source would forge it."""
    return f"json.dumps({{'dict': [[k, v] for k, v in {fields!r}.items()]}}).encode()"


@attack(WIRE)
def answers_ahead_of_the_questions():
    forged = [
        reply(number=1, ok=True, outputs=[], count=1),
        reply(number=2, ok=True, outputs=[], count=1),
        reply(number=2, kind="data", value=5),
        reply(number=3, value=5, arguments=[]),
        reply(number=10**6, value=1),
        reply(number="2", value=1),
        reply(points=15),
        reply(number=2, ended=0, ready=True),
    ]
    return [FIND + f"say({text})" for text in forged]


@attack(WIRE)
def sends_what_is_no_message():
    return [
        FIND + "say(b'{}', lengths=(4_000_000_000, 4_000_000_000))",
        FIND + "say(b'x' * 100)",
        FIND + "say(b'')",
        FIND + "say(b'[' * 100_000)",
        FIND + "say(b'{\"dict\": [[\"number\", ' + b'9' * 5000 + b']]}')",
        FIND + "say(b'\\xff\\xfe')",
        FIND + "say(b'{\"pickle\": 1}')",
        FIND + "say(b'null')",
        FIND + "for fd in list(sockets()):\n    os.write(fd, b'\\0' * 3)",
        FIND + "for fd in list(sockets()):\n    os.write(fd, os.urandom(100_000))",
        FIND + "while True:\n    say(b'{}')",
        FIND
        + "import time\nwhile True:\n    for fd in list(sockets()):\n        os.write(fd, b'\\0')\n    time.sleep(0.5)",
    ]


@attack(WIRE)
def closes_or_steals_the_channel():
    return [
        FIND + "for fd in list(sockets()):\n    os.close(fd)",
        FIND + "for fd in list(sockets()):\n    os.dup2(0, fd)",
        FIND + "import socket\nfor fd in list(sockets()):\n    socket.socket(fileno=fd).shutdown(2)",
        FIND + "for fd in list(sockets()):\n    os.read(fd, 10_000_000)",
        "import os\nos.closerange(0, 256)",
        "import gc, socket\nfor o in gc.get_objects():\n    if isinstance(o, socket.socket):\n        o.close()",
        "import gc, socket\nfor o in gc.get_objects():\n    if isinstance(o, socket.socket):\n        o.sendall(b'x' * 50)",
    ]


@attack(WIRE, where="answer")
def returns_what_cannot_cross():
    head = "import numpy as np\ndef output_size(n, size, stride=1, pad=0):\n    "
    values = [
        "float('nan')", "float('inf')", "10**5000", "object()", "lambda: 1", "print", "type", "{1, 2}", "iter([])",
        "[[]] * 10**7", "'x' * 10**8", "np.zeros(10**8)", "np.array([object()])", "np.zeros(3, 'f4,f4')", "np.datetime64('now')",
        "np.ma.masked", "memoryview(b'x')", "b'x'", "1j", "__import__('decimal').Decimal(1)", "Exception('x')", "NotImplemented",
        "...", "type('I', (int,), {'__eq__': lambda s, o: True})(3)", "(lambda d: d.update(d=d) or d)({})", "{(): ()}",
        "np.float64('nan')", "True", "None", "'3'",
    ]  # fmt: skip
    return [head + f"return {value}" for value in values]


@attack(WIRE)
def replaces_the_worker_from_within():
    return [
        "import sys\nfor name, m in list(sys.modules.items()):\n    if name.startswith('inside'):\n        for k in list(vars(m)):\n            if callable(vars(m)[k]):\n                setattr(m, k, lambda *a, **k: None)",
        "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == '_Session':\n        o.call = lambda order: {'value': 2, 'arguments': order['arguments']}\n        o.get = lambda order: {'kind': 'function'}",
        "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == '_Session':\n        type(o).run = lambda self, order: {'ok': True, 'outputs': 'x' * 100, 'count': []}",
        "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Outputs':\n        o.left = o.a_cell = o.room = 10**12",
        "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Outputs':\n        o.found = 5",
        "import sys\nsys.modules['inside.wire'].send = lambda *a, **k: None",
        "from inside import wire\nwire.LARGEST_MESSAGE = 10**12\ndef output_size(*a):\n    import numpy as np\n    return np.zeros(20_000_000)",
    ]


# ---- active content, for whoever reads the pages ------------------------------------------------------------------------

SHOW = "acting in the reader's browser"


@attack(SHOW, deserved=FULL, base="perfect")
def shows_active_content():
    texts = [
        "<script>alert('CANARY-XSS')</script>",
        "<img src=x onerror=alert('CANARY-XSS')>",
        "</pre><svg onload=alert(1)>",
    ]
    displays = [
        f"from IPython.display import HTML, display\ndisplay(HTML({text!r}))\nprint({text!r})" for text in texts
    ]
    displays += [
        "from IPython.display import Javascript, display\ndisplay(Javascript('alert(1)'))",
        'from IPython.display import SVG, display\ndisplay(SVG(\'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>\'))',
        "from IPython.display import publish_display_data\npublish_display_data({'image/png': '\"><script>alert(1)</script>', 'text/plain': 'x'})",
        "from IPython.display import publish_display_data\npublish_display_data({'application/javascript': 'alert(1)', 'text/html': '<script>1</script>', 'text/latex': 'x'})",
        "raise ValueError(\"<script>alert('CANARY-XSS')</script>\")",
        "from IPython.display import IFrame, display\ndisplay(IFrame('javascript:alert(1)', 1, 1))",
    ]
    return displays


NAMES = [attack.name for attack in ATTACKS]
assert len(set(NAMES)) == len(NAMES), [n for n, g in itertools.groupby(sorted(NAMES)) if len(list(g)) > 1]
