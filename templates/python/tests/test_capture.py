import subprocess
import sys
import unittest

from runtime.capture import Capture
from runtime.wire import ROOT

PRINTING = """
import logging, sys, threading
from runtime import capture
capture.install()
captures = [capture.Capture(65536) for _ in range(8)]
together = threading.Barrier(8)

def work(number):
    capture.current.set(captures[number])
    for line in range(200):
        together.wait()
        print(f"out {number}")
        sys.stderr.write(f"err {number}\\n")
        logging.getLogger("author").info("log %d", number)
    sys.stdout.buffer.write(b"bytes\\n")

threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
[one.start() for one in threads]
[one.join() for one in threads]
for number, one in enumerate(captures):
    out, err, truncated = one.read()
    assert out == f"out {number}\\n" * 200 + "bytes\\n", out
    assert err.count(f"err {number}\\n") == 200 and err.count(f"INFO log {number}\\n") == 200, err
    assert len(err.splitlines()) == 400 and not truncated
print("outside")
"""


class CaptureTest(unittest.TestCase):
    def test_what_threads_print_and_log_at_once_is_not_mixed(self):
        done = subprocess.run(
            [sys.executable, "-c", PRINTING], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
        self.assertEqual((done.stdout, done.stderr), ("outside\n", ""))

    def test_head_and_tail_of_what_is_too_long_are_kept_with_a_mark(self):
        capture = Capture(1000)
        for number in range(100_000):
            capture.write("stdout", f"line {number}\n")
        out, err, truncated = capture.read()
        self.assertTrue(truncated)
        self.assertTrue(out.startswith("line 0\n") and out.endswith("line 99999\n"))
        self.assertIn("cut here", out)
        self.assertLessEqual(len(out.encode()), 1000)
        self.assertEqual(err, "")

    def test_the_two_streams_share_the_limit(self):
        capture = Capture(1000)
        capture.write("stdout", "o" * 5000)
        capture.write("stderr", "e" * 100)
        out, err, truncated = capture.read()
        self.assertEqual((err, truncated), ("e" * 100, True))
        self.assertLessEqual(len(out), 900)
        self.assertGreater(len(out), 800)
        capture.write("stderr", "e" * 5000)
        out, err, _ = capture.read()
        self.assertLessEqual(len(out) + len(err), 1000)
        self.assertGreater(min(len(out), len(err)), 400)

    def test_what_fits_is_kept_to_the_byte(self):
        capture = Capture(1000)
        capture.write("stdout", "ü" * 250)
        capture.write("stderr", "e" * 500)
        self.assertEqual(capture.read(), ("ü" * 250, "e" * 500, False))

    def test_a_cut_never_leaves_half_a_character(self):
        for limit in range(60, 70):
            capture = Capture(limit)
            capture.write("stdout", "€" * 1000)
            out, _, _ = capture.read()
            self.assertLessEqual(len(out.encode()), limit)
            self.assertNotIn("\ufffd", out)

    def test_secrets_are_made_unreadable(self):
        capture = Capture(1000, ["open sesame", "abc"])
        capture.write("stdout", "it is open sesame, abc")
        capture.write("stderr", "open ")
        capture.write("stderr", "sesame")
        self.assertEqual(capture.read(), ("it is ***, abc", "***", False))

    def test_a_lone_half_character_does_no_harm(self):
        capture = Capture(1000)
        capture.write("stdout", "a\ud800b")
        self.assertEqual(capture.read()[0], "a?b")
