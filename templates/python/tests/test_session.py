"""Sessions: who connects how, and what ends and renews a session."""

import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import grpc

from runtime import conversation
from runtime.channel import options
from runtime.config import Config

from .prime import Prime, messages
from .running import Running


class SessionTest(Running):
    def test_the_three_headers_arrive_once_each(self):
        self.client()
        given = [(name, value) for name, value in self.prime.next().metadata if name.startswith("x-")]
        self.assertEqual(
            sorted(given),
            [
                ("x-api-key", "key"),
                ("x-chain-id", "chain"),
                ("x-client", "python/1.0.0"),
                ("x-smart-contract-id", "contract"),
            ],
        )

    def test_hello_comes_first_and_tells_who_we_are(self):
        self.client(num_workers=7, instance_id="one")
        hello = self.prime.next().expect("hello")
        self.assertEqual((hello.protocol, hello.instance_id, hello.language), (1, "one", "python"))
        self.assertEqual((hello.max_in_flight, len(hello.held)), (7, 0))

    def test_a_session_that_ends_is_followed_by_another_of_the_same_instance(self):
        self.client()
        first = self.prime.next()
        hello = first.welcome()
        first.end()
        self.assertEqual(self.prime.next().welcome().instance_id, hello.instance_id)

    def test_a_node_that_comes_back_is_found_again(self):
        self.client()
        self.prime.next().welcome()
        port = self.prime.port
        self.prime.stop()
        time.sleep(0.5)
        self.prime = Prime(port)
        self.prime.next().welcome()

    def test_without_a_welcome_the_attempt_fails(self):
        with _changed("WELCOME_SECONDS", 0.5):
            self.client()
            first = self.prime.next()
            self.assertTrue(first.ended.wait(5))
            self.prime.next().welcome()

    def test_a_node_that_says_nothing_more_is_left(self):
        with _changed("SILENCE_SECONDS", 1):
            self.client()
            first = self.prime.next()
            first.welcome(heartbeat_ms=100)
            for _ in range(5):
                time.sleep(0.5)
                first.say(heartbeat=messages.Heartbeat(unix_ms=1))
            self.assertFalse(first.ended.is_set())
            self.assertTrue(first.ended.wait(5))
            self.prime.next().welcome()

    def test_heartbeats_are_answered_with_what_they_said(self):
        self.client()
        stream = self.prime.next()
        stream.welcome()
        stream.say(heartbeat=messages.Heartbeat(unix_ms=12345))
        self.assertEqual(stream.expect("heartbeat").echo, 12345)

    def test_frames_of_a_later_protocol_are_passed_over(self):
        self.client()
        stream = self.prime.next()
        stream.welcome()
        stream.say()
        stream.deliver("a")
        self.assertEqual(stream.expect("result").invocation_id, "a")

    def test_a_refusal_is_logged_with_its_text_and_its_cure(self):
        with self.assertLogs("runtime.client", "ERROR") as logs:
            client = self.client(exit_on_auth_error=True)
            self.prime.next().end(grpc.StatusCode.UNAUTHENTICATED, "invalid API key")
            self.assertEqual(client.join(), 1)
        self.assertIn("invalid API key", logs.output[0])
        self.assertIn("check api_key", logs.output[0])

    def test_a_refused_client_asks_again_after_the_longest_delay(self):
        self.client(reconnect_delay_seconds=0.01, max_backoff_seconds=1)
        self.prime.next().end(grpc.StatusCode.FAILED_PRECONDITION, "missing chain ID")
        since = time.monotonic()
        self.prime.next()
        self.assertGreaterEqual(time.monotonic() - since, 0.9)

    def test_the_node_may_ask_for_a_longer_delay(self):
        self.client()
        stream = self.prime.next()
        stream.welcome()
        stream.say(drain=messages.Drain(grace_ms=100, reconnect_after_ms=1000))
        stream.end()
        since = time.monotonic()
        self.prime.next()
        self.assertGreaterEqual(time.monotonic() - since, 0.9)

    def test_after_so_many_failures_the_program_ends(self):
        client = self.client(max_reconnect_attempts=3)
        for _ in range(3):
            self.prime.next().end()
        self.assertEqual(client.join(), 1)
        self.assertTrue(self.prime.streams.empty())

    def test_a_node_that_is_not_there_is_a_failure_too(self):
        self.prime.stop()
        self.assertEqual(self.client(max_reconnect_attempts=2).join(), 1)

    def test_the_channel_pings_an_idle_stream_without_end(self):
        given = dict(options(Config("a:1", "c", "s", "k")))
        self.assertEqual(given["grpc.keepalive_time_ms"], 10_000)
        self.assertEqual(given["grpc.keepalive_timeout_ms"], 3_000)
        self.assertEqual(given["grpc.keepalive_permit_without_calls"], 1)
        self.assertEqual(given["grpc.http2.max_pings_without_data"], 0)
        self.assertEqual(given["grpc.http2.ping_timeout_ms"], 3_000)
        self.assertEqual(given["grpc.use_local_subchannel_pool"], 1)


@unittest.skipUnless(shutil.which("openssl"), "openssl makes the certificate")
class TlsTest(Running):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.key, self.certificate = Path(folder.name, "key.pem"), Path(folder.name, "certificate.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            + ["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
            + ["-keyout", str(self.key), "-out", str(self.certificate)],
            check=True,
            capture_output=True,
        )
        pair = (self.key.read_bytes(), self.certificate.read_bytes())
        self.prime = Prime(tls=grpc.ssl_server_credentials([pair]))
        self.addCleanup(self.prime.stop)

    def test_a_certificate_that_is_named_is_trusted(self):
        self.client(use_tls=True, tls_cert_path=str(self.certificate))
        self.prime.next().welcome()

    def test_a_certificate_that_nobody_vouches_for_is_not(self):
        self.assertEqual(self.client(use_tls=True, max_reconnect_attempts=1).join(), 1)
        self.assertTrue(self.prime.streams.empty())


class _changed:
    def __init__(self, name, value):
        self._name, self._value = name, value

    def __enter__(self):
        self._before = getattr(conversation, self._name)
        setattr(conversation, self._name, self._value)

    def __exit__(self, *_):
        setattr(conversation, self._name, self._before)
