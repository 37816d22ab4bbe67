"""The program as its user starts it: a process of its own, in a folder of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from runtime.wire import ROOT

from .prime import Prime, messages

PROCESS = """
import logging, sys, time
from process_types import ProcessResult

def process(tx_json, env_vars, secrets):
    print("to standard output")
    print("to standard error", file=sys.stderr)
    logging.info("to the log, with %s", secrets["SC_SECRET_WORD"])
    time.sleep(0.5 if "slow" in tx_json else 0)
    while "endless" in tx_json:
        time.sleep(60)
    return ProcessResult({"ok": True})
"""


class MainTest(unittest.TestCase):
    def setUp(self):
        self.prime = Prime()
        self.addCleanup(self.prime.stop)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name, "contract")
        shutil.copytree(ROOT, self.folder, ignore=shutil.ignore_patterns("venv", "__pycache__", ".git"))
        (self.folder / "process.py").rename(self.folder / "process_types.py")
        (self.folder / "process.py").write_text(PROCESS, encoding="utf-8")
        self.configure(server_address=f"127.0.0.1:{self.prime.port}")

    def configure(self, **settings):
        settings = {"chain_id": "chain", "smart_contract_id": "contract", "api_key": "key", **settings}
        lines = "".join(f"{name}: {value}\n" for name, value in settings.items())
        (self.folder / "config.yaml").write_text(lines, encoding="utf-8")

    def start(self, *arguments, **environ):
        process = subprocess.Popen(
            [sys.executable, "main.py", *arguments],
            cwd=self.folder,
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def ended(self, process):
        out, err = process.communicate(timeout=20)
        return process.returncode, out, err

    def ready(self, process):
        stream = self.prime.next()
        stream.welcome()
        stream.environment(secrets={"SC_SECRET_WORD": "open sesame"})
        return stream

    def test_what_is_printed_and_logged_goes_with_the_result_and_secrets_do_not(self):
        process = self.start()
        stream = self.ready(process)
        stream.deliver("a")
        logs = stream.expect("result").logs
        self.assertEqual(logs.stdout, "to standard output\n")
        self.assertIn("to standard error\n", logs.stderr)
        self.assertIn("INFO to the log, with ***\n", logs.stderr)
        self.assertFalse(logs.truncated)
        stream.acknowledge("a")
        process.terminate()
        stream.expect("goodbye")
        status, out, err = self.ended(process)
        self.assertEqual((status, out), (0, ""))
        self.assertIn("connected to", err)
        self.assertNotIn("sesame", err)

    def test_the_signal_to_end_lets_work_be_finished(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            process = self.start()
            stream = self.ready(process)
            stream.deliver("slow")
            stream.say(heartbeat=messages.Heartbeat(unix_ms=1))
            stream.expect("heartbeat")
            process.send_signal(number)
            self.assertEqual(stream.expect("credit").max_in_flight, 0)
            stream.expect("result")
            stream.acknowledge("slow")
            stream.expect("goodbye")
            self.assertEqual(self.ended(process)[0], 0)

    def test_a_second_signal_ends_the_program_at_once(self):
        process = self.start()
        stream = self.ready(process)
        stream.deliver("endless")
        stream.say(heartbeat=messages.Heartbeat(unix_ms=1))
        stream.expect("heartbeat")
        process.terminate()
        stream.expect("credit")
        since = time.monotonic()
        process.terminate()
        self.assertEqual(self.ended(process)[0], 128 + signal.SIGTERM)
        self.assertLess(time.monotonic() - since, 5)

    def test_a_missing_setting_is_named_and_ends_the_program(self):
        self.configure(server_address="")
        status, _, err = self.ended(self.start())
        self.assertEqual(status, 2)
        self.assertIn("server_address is missing", err)

    def test_tls_without_its_certificate_ends_the_program(self):
        self.configure(server_address="localhost:1", use_tls="true", tls_cert_path="nowhere.pem")
        status, _, err = self.ended(self.start())
        self.assertEqual(status, 2)
        self.assertIn("tls_cert_path", err)

    def test_a_contract_that_cannot_be_loaded_ends_the_program(self):
        (self.folder / "process.py").write_text("def process(:", encoding="utf-8")
        status, _, err = self.ended(self.start())
        self.assertEqual(status, 1)
        self.assertIn("SyntaxError", err)

    def test_check_asks_the_node_whether_it_would_let_us_in(self):
        status, out, _ = self.ended(self.start("--check"))
        self.assertEqual((status, out), (0, "contract contract on chain chain: active, 3 waiting\n"))
        status, _, err = self.ended(self.start("--check", REMOTE_SC_API_KEY="wrong"))
        self.assertEqual(status, 1)
        self.assertIn("UNAUTHENTICATED invalid API key", err)
        self.assertNotIn("wrong", err)

    def test_code_for_the_protocol_is_generated_when_it_is_missing(self):
        for one in self.folder.glob("*_pb2*.py"):
            one.unlink()
        self.assertEqual(self.ended(self.start("--check"))[0], 0)
        self.assertTrue((self.folder / "remote_sc_pb2_grpc.py").exists())

    def test_without_the_generator_the_program_says_what_to_do(self):
        for one in self.folder.glob("*_pb2*.py"):
            one.unlink()
        (self.folder / "grpc_tools.py").write_text("", encoding="utf-8")
        status, _, err = self.ended(self.start())
        self.assertEqual(status, 1)
        self.assertIn("make proto", err)

    def test_a_process_whose_threads_hang_starts_anew(self):
        self.configure(
            server_address=f"127.0.0.1:{self.prime.port}",
            num_workers=1,
            process_timeout_seconds=0.5,
            instance_id="same",
        )
        process = self.start()
        stream = self.ready(process)
        stream.deliver("endless")
        self.assertEqual(stream.expect("result").error.kind, messages.TIMEOUT)
        stream.acknowledge("endless")
        stream.expect("goodbye")
        again = self.prime.next()
        self.assertEqual(again.welcome().instance_id, "same")
        again.environment(secrets={"SC_SECRET_WORD": "open sesame"})
        again.deliver("a")
        self.assertFalse(again.expect("result").HasField("error"))
        self.assertIsNone(process.poll())
