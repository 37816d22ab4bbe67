"""Of runtime/scripts.py: how process.sh is run and what becomes of its output."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

from runtime import outcome, scripts
from runtime.capture import Capture
from runtime.invocation import Invocation
from runtime.wire import ROOT

from .prime import Prime, transaction


class ScriptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def invocation(self, payload=None, env=None, secrets=None):
        secrets = secrets or {}
        return Invocation(
            id="a",
            token=b"token",
            attempt=2,
            txn_id="tx-a",
            tx_json=transaction("a", payload),
            env={"SC_INVOCATION_ID": "a", "SC_ATTEMPT": "2", **(env or {})},
            secrets=secrets,
            capture=Capture(65536, secrets.values()),
            lease_seconds=60,
            next_progress=0,
        )

    def run_script(self, text, invocation=None, seconds=20):
        script = self.folder / "process.sh"
        script.write_text(text, encoding="utf-8")
        return scripts.handler(script, seconds)(invocation or self.invocation())

    def test_a_bash_that_is_refused_memory_is_tried_again(self):
        result = self.run_script("ulimit -v 100000\nwhile :; do eaten+=$(printf %01000000d 0); done")
        self.assertTrue(result.failure.retryable)
        self.assertIn("cannot allocate", result.failure.message)

    def test_an_exit_code_of_2_is_the_author_s_otherwise(self):
        result = self.run_script("echo 'xrealloc is what I said' >&2; exit 2")
        self.assertEqual((result.failure.message, result.failure.retryable), ("xrealloc is what I said", False))

    def test_the_transaction_is_standard_input(self):
        # Larger than a pipe holds and than a variable may be.
        payload = {"text": "ü" * 300_000}
        result = self.run_script("jq -c .payload", self.invocation(payload))
        self.assertIsNone(result.failure)
        self.assertEqual(json.loads(result.data_json), payload)

    def test_a_script_that_does_not_read_its_input_is_none_the_worse(self):
        result = self.run_script("echo '{}'", self.invocation({"text": "x" * 1_000_000}))
        self.assertEqual((result.data_json, result.failure), ("{}", None))

    def test_the_environment_is_what_is_documented_and_nothing_else(self):
        invocation = self.invocation(
            env={"TZ": "UTC", "SC_ENV_A": "two words", "LD_PRELOAD": "no", "PATH": "/nowhere", "SC_ENV_B": "\0"},
            secrets={"SC_SECRET_WORD": "open\nsesame"},
        )
        with mock.patch.dict(os.environ, {"REMOTE_SC_API_KEY": "key", "HOME": "/home", "LANG": "C.UTF-8"}):
            result = self.run_script("jq -n env", invocation)
        seen = json.loads(result.data_json)
        for name in ("PWD", "SHLVL", "_"):  # bash's own
            seen.pop(name, None)
        self.assertEqual(seen.pop("PATH"), os.environ["PATH"])
        self.assertEqual(
            seen,
            {
                "HOME": "/home",
                "LANG": "C.UTF-8",
                "TZ": "UTC",
                "SC_ENV_A": "two words",
                "SC_SECRET_WORD": "open\nsesame",
                "SC_INVOCATION_ID": "a",
                "SC_ATTEMPT": "2",
                "TXN_ID": "tx-a",
                "TXN_TYPE": "adder",
                "TXN_INVOKER": "",
            },
        )

    def test_marks_for_chain_and_heap_are_taken_out_of_the_result(self):
        result = self.run_script("""echo '{"a": 1, "b": [2], "OUTPUT_TO_CHAIN": true, "OUTPUT_TO_HEAP": true}'""")
        self.assertEqual((result.data_json, result.output_to_chain), ('{"a":1,"b":[2]}', True))
        self.assertEqual(result.heap_json, {"a": "1", "b": "[2]"})

    def test_without_marks_the_result_goes_neither_to_the_chain_nor_to_the_heap(self):
        result = self.run_script("""echo '{"a": 1, "OUTPUT_TO_CHAIN": "yes"}'""")
        self.assertEqual((result.data_json, result.output_to_chain, result.heap_json), ('{"a":1}', False, {}))

    def test_output_that_is_no_json_object_is_put_into_one(self):
        for text in ("hello", "[1]", "3", '{"a": NaN}', '{"a": 1} {"b": 2}'):
            with self.subTest(text):
                result = self.run_script(f"echo '{text}'")
                self.assertEqual(json.loads(result.data_json), {"rawResponse": text})
                self.assertFalse(result.output_to_chain)

    def test_no_output_is_an_empty_object(self):
        self.assertEqual(self.run_script("true").data_json, "{}")

    def test_standard_error_is_the_log(self):
        invocation = self.invocation(secrets={"SC_SECRET_WORD": "open sesame"})
        self.run_script('echo "it is $SC_SECRET_WORD" >&2; echo done >&2; echo "{}"', invocation)
        self.assertEqual(invocation.capture.read(), ("", "it is ***\ndone\n", False))

    def test_a_failing_script_is_an_error_with_the_last_line_of_its_log(self):
        for code in (1, 125):
            failure = self.run_script(f"echo first >&2; echo 'no such asset' >&2; echo >&2; exit {code}").failure
            self.assertEqual((failure.message, failure.kind, failure.retryable), ("no such asset", "BUSINESS", False))
        self.assertEqual(self.run_script("exit 3").failure.message, "process.sh ended with exit code 3")

    def test_a_failing_script_may_put_its_error_on_the_chain(self):
        result = self.run_script("""echo '{"code": 7, "OUTPUT_TO_CHAIN": true}'; exit 1""")
        self.assertEqual((result.data_json, result.output_to_chain), ('{"code":7}', True))
        self.assertEqual(result.failure.kind, "BUSINESS")

    def test_other_exit_codes_and_signals_are_tried_again(self):
        for text in ("exit 126", "no-such-command", "exit 137", "kill -9 $$", "kill -TERM $$"):
            with self.subTest(text):
                failure = self.run_script(text).failure
                self.assertEqual((failure.kind, failure.retryable), ("EXCEPTION", True))
        self.assertIn("SIGKILL", self.run_script("kill -9 $$").failure.message)

    def test_a_script_that_takes_too_long_is_ended_with_all_it_started(self):
        since = time.monotonic()
        result = self.run_script(f"sleep 60 & echo $! >{self.folder}/child; sleep 60", seconds=0.5)
        self.assertEqual((result.failure.kind, result.failure.retryable), ("TIMEOUT", True))
        self.assertLess(time.monotonic() - since, 4)
        self.assertFalse(self.child_runs())

    def test_a_script_that_ignores_the_end_is_killed(self):
        with mock.patch.object(scripts, "KILL_SECONDS", 0.5):
            result = self.run_script("trap '' TERM; while :; do sleep 1; done", seconds=0.5)
        self.assertEqual(result.failure.kind, "TIMEOUT")

    def test_what_a_script_leaves_running_ends_with_it(self):
        since = time.monotonic()
        result = self.run_script(f"sleep 60 & echo $! >{self.folder}/child; echo '{{}}'")
        self.assertIsNone(result.failure)
        self.assertLess(time.monotonic() - since, 5)
        self.assertFalse(self.child_runs())

    def child_runs(self):
        """Waits a little: a killed process is there until its parent takes notice."""
        path = Path("/proc", (self.folder / "child").read_text().strip(), "stat")
        for _ in range(50):
            if not path.exists() or ") Z " in path.read_text():
                return False
            time.sleep(0.1)
        return True

    def test_endless_output_is_refused_and_takes_no_memory(self):
        result = self.run_script("yes | head -c 20000000")
        self.assertEqual((result.failure.kind, result.failure.retryable), ("BAD_OUTPUT", False))
        self.assertIn(str(outcome.MOST_BYTES), result.failure.message)

    def test_endless_logs_keep_head_and_tail(self):
        invocation = self.invocation()
        self.run_script("echo first >&2; yes 2>/dev/null | head -c 2000000 >&2; echo last >&2; echo '{}'", invocation)
        _, err, truncated = invocation.capture.read()
        self.assertTrue(truncated and err.startswith("first\n") and err.endswith("last\n"))
        self.assertLessEqual(len(err), 65536)

    def test_work_that_nobody_wants_any_more_is_ended(self):
        invocation = self.invocation()
        threading.Timer(0.5, lambda: invocation.stop()).start()
        since = time.monotonic()
        self.run_script("sleep 60", invocation)
        self.assertLess(time.monotonic() - since, 5)


class ProgramTest(unittest.TestCase):
    def test_the_program_runs_process_sh_for_each_transaction(self):
        prime = Prime()
        self.addCleanup(prime.stop)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        contract = Path(folder.name, "contract")
        shutil.copytree(ROOT, contract, ignore=shutil.ignore_patterns("venv", "__pycache__"))
        (contract / "process.sh").write_text("echo \"$TXN_ID\" >&2; jq '{sum: (.payload | add)}'\n", encoding="utf-8")
        settings = {
            "SERVER_ADDRESS": f"127.0.0.1:{prime.port}",
            "CHAIN_ID": "c",
            "SMART_CONTRACT_ID": "s",
            "API_KEY": "k",
        }
        program = subprocess.Popen(
            [sys.executable, "main.py"],
            cwd=contract,
            env={**os.environ, **{f"REMOTE_SC_{name}": value for name, value in settings.items()}},
            stderr=subprocess.DEVNULL,
        )
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        stream = prime.next()
        self.assertEqual(stream.welcome().language, "bash")
        stream.environment()
        for number in range(20):
            stream.deliver(str(number), [number, 1])
        for _ in range(20):
            result = stream.expect("result")
            self.assertEqual(json.loads(result.data_json), {"sum": int(result.invocation_id) + 1})
            self.assertEqual(result.logs.stderr, f"tx-{result.invocation_id}\n")
            stream.acknowledge(result.invocation_id)
        program.send_signal(signal.SIGTERM)
        stream.expect("goodbye")
        self.assertEqual(program.wait(10), 0)
