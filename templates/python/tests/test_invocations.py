"""Invocations: from delivery to acknowledgement."""

import json
import threading
import time

from process import ProcessResult
from runtime import capture
from runtime.client import RESTART, STOPPED

from .prime import messages
from .running import Running


class InvocationTest(Running):
    def test_a_result_is_sent_with_the_token_of_its_delivery(self):
        _, stream = self.ready(lambda tx, env, secrets: ProcessResult(json.loads(tx)["payload"], True))
        stream.deliver("a", {"ü": [1, 2**60]}, token=b"\x00\xff")
        result = stream.expect("result")
        self.assertEqual((result.invocation_id, result.lease_token), ("a", b"\x00\xff"))
        self.assertEqual((result.data_json, result.output_to_chain), ('{"ü":[1,1152921504606846976]}', True))
        self.assertFalse(result.HasField("error"))

    def test_the_function_is_given_environment_and_secrets(self):
        seen = []
        self.only(lambda tx, env, secrets: seen.append((env, secrets)) or ProcessResult())
        self.assertEqual(seen[0][1], {"SC_SECRET_WORD": "open sesame"})
        self.assertEqual(seen[0][0], {"SMART_CONTRACT_NAME": "adder", "SC_INVOCATION_ID": "a", "SC_ATTEMPT": "1"})

    def test_a_changed_environment_holds_from_the_next_delivery_on(self):
        _, stream = self.ready(lambda tx, env, secrets: ProcessResult({**env, **secrets}))
        stream.environment(2, {"SC_ENV_A": "new"}, {"SC_SECRET_B": "also"})
        stream.deliver("a", attempt=3)
        data = json.loads(stream.expect("result").data_json)
        self.assertEqual(data, {"SC_ENV_A": "new", "SC_SECRET_B": "also", "SC_INVOCATION_ID": "a", "SC_ATTEMPT": "3"})

    def test_what_the_function_keeps_changing_is_its_own_copy(self):
        def process(tx, env, secrets):
            secrets["SC_SECRET_WORD"] += "!"
            return ProcessResult({"word": secrets["SC_SECRET_WORD"]})

        _, stream = self.ready(process)
        for _ in range(2):
            stream.deliver("a")
            self.assertEqual(stream.expect("result").data_json, '{"word":"open sesame!"}')
            stream.acknowledge("a")

    def test_an_error_of_the_author_is_final(self):
        error = self.only(lambda *_: ProcessResult({"a": 1}, error="no such asset")).error
        self.assertEqual((error.message, error.kind, error.retryable), ("no such asset", messages.BUSINESS, False))

    def test_the_author_may_want_an_error_tried_again(self):
        self.assertTrue(self.only(lambda *_: ProcessResult(error="busy", retryable=True)).error.retryable)

    def test_an_exception_is_tried_again_and_tells_where_it_came_from(self):
        def process(*_):
            raise KeyError("open sesame is missing")

        error = self.only(process).error
        self.assertEqual((error.kind, error.retryable), (messages.EXCEPTION, True))
        self.assertIn("KeyError", error.message)
        self.assertIn("test_invocations.py", error.stack)
        self.assertNotIn("runtime", error.stack)
        self.assertNotIn("open sesame", error.message + error.stack)

    def test_exiting_is_an_exception_like_others(self):
        def process(*_):
            raise SystemExit(3)

        self.assertEqual(self.only(process).error.kind, messages.EXCEPTION)

    def test_what_json_cannot_hold_is_bad_output(self):
        endless = {}
        endless["a"] = endless
        for data in (
            {"a": float("nan")},
            {"a": float("inf")},
            {"a": {1}},
            endless,
            {"a": "\ud800"},
            {"a": "x" * (4 << 20)},
        ):
            with self.subTest(type(data)):
                result = self.only(lambda *_, data=data: ProcessResult(data, True))
                self.assertEqual((result.error.kind, result.error.retryable), (messages.BAD_OUTPUT, False))
                self.assertEqual((result.data_json, result.output_to_chain), ("{}", False))

    def test_what_is_no_result_is_bad_output(self):
        for returned in (None, {"data": 1}, "text"):
            self.assertEqual(self.only(lambda *_, it=returned: it).error.kind, messages.BAD_OUTPUT)

    def test_a_result_that_fits_no_frame_is_bad_output(self):
        heap = {str(number): "x" * (2 << 20) for number in range(3)}
        self.assertEqual(self.only(lambda *_: ProcessResult(heap=heap)).error.kind, messages.BAD_OUTPUT)

    def test_heap_and_tag_go_with_the_result(self):
        result = self.only(lambda *_: ProcessResult({}, heap={"a": {"b": 1}, "c": None}, output_tag="t"))
        self.assertEqual((dict(result.heap_json), result.output_tag), ({"a": '{"b":1}', "c": "null"}, "t"))

    def test_what_is_no_object_is_put_into_one(self):
        self.assertEqual(self.only(lambda *_: ProcessResult([1])).data_json, '{"rawResponse":[1]}')

    def test_as_many_run_at_once_as_there_are_workers(self):
        together = threading.Barrier(4)
        lock = threading.Lock()
        running, most = 0, 0

        def process(*_):
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            together.wait(5)
            with lock:
                running -= 1
            return ProcessResult()

        _, stream = self.ready(process, num_workers=4)
        for number in range(8):
            stream.deliver(str(number))
        for _ in range(8):
            self.assertFalse(stream.expect("result").HasField("error"))
        self.assertEqual(most, 4)

    def test_the_lease_is_lengthened_while_the_work_goes_on(self):
        go_on = threading.Event()
        _, stream = self.ready(lambda *_: go_on.wait(10) and ProcessResult())
        stream.deliver("a", lease_ms=600, token=b"lease")
        for _ in range(3):
            progress = stream.expect("progress", 2)
            self.assertEqual((progress.invocation_id, progress.lease_token), ("a", b"lease"))
        go_on.set()
        stream.expect("result")
        stream.say(heartbeat=messages.Heartbeat(unix_ms=1))
        stream.expect("heartbeat")
        time.sleep(0.5)
        self.assertTrue(stream.heard.empty())


class HeldTest(Running):
    def test_a_result_is_sent_again_until_it_is_acknowledged(self):
        _, stream = self.ready()
        stream.deliver("a", token=b"t")
        result = stream.expect("result")
        for _ in range(2):
            stream.end()
            stream = self.prime.next()
            hello = stream.welcome(kept=["a"])
            self.assertEqual([(one.invocation_id, one.lease_token) for one in hello.held], [("a", b"t")])
            self.assertEqual(stream.expect("result"), result)
        stream.acknowledge("a")
        stream.end()
        self.assertEqual(len(self.prime.next().welcome().held), 0)

    def test_what_is_done_while_there_is_no_session_is_told_in_the_next(self):
        go_on = threading.Event()
        _, stream = self.ready(lambda *_: go_on.wait(10) and ProcessResult({"late": True}))
        stream.deliver("a")
        stream.say(heartbeat=messages.Heartbeat(unix_ms=1))
        stream.expect("heartbeat")
        stream.end()
        again = self.prime.next()
        hello = again.expect("hello")
        self.assertEqual(hello.held[0].invocation_id, "a")
        go_on.set()
        time.sleep(0.3)
        again.say(welcome=messages.Welcome(protocol=1, lease_ms=60000, heartbeat_ms=5000, kept=["a"]))
        self.assertEqual(again.expect("result").data_json, '{"late":true}')

    def test_what_the_node_does_not_keep_is_forgotten(self):
        _, stream = self.ready()
        stream.deliver("a")
        stream.expect("result")
        stream.end()
        again = self.prime.next()
        again.welcome()
        again.deliver("b")
        self.assertEqual(again.expect("result").invocation_id, "b")

    def test_what_the_node_cancels_is_forgotten(self):
        go_on = threading.Event()
        _, stream = self.ready(lambda tx, *_: ("tx-a" in tx and go_on.wait(10)) and ProcessResult() or ProcessResult())
        stream.deliver("a")
        stream.say(cancel=messages.Cancel(invocation_id="a", reason="deleted"))
        stream.deliver("b")
        self.assertEqual(stream.expect("result").invocation_id, "b")
        go_on.set()
        stream.deliver("c")
        self.assertEqual(stream.expect("result").invocation_id, "c")

    def test_work_that_is_delivered_again_is_not_done_twice(self):
        calls = []
        go_on = threading.Event()
        _, stream = self.ready(lambda *_: calls.append(1) or go_on.wait(10) and ProcessResult())
        stream.deliver("a", token=b"old")
        stream.deliver("a", token=b"new")
        stream.say(heartbeat=messages.Heartbeat(unix_ms=1))
        stream.expect("heartbeat")
        go_on.set()
        self.assertEqual(stream.expect("result").lease_token, b"new")
        stream.deliver("a", token=b"newest")
        self.assertEqual(stream.expect("result").lease_token, b"newest")
        self.assertEqual(len(calls), 1)

    def test_a_result_that_is_refused_is_not_sent_again(self):
        _, stream = self.ready()
        for status in ("STALE", "REJECTED", "ALREADY_COMMITTED"):
            stream.deliver(status)
            stream.expect("result")
            stream.acknowledge(status, status)
        stream.end()
        self.assertEqual(len(self.prime.next().welcome().held), 0)


class LateTest(Running):
    def test_a_function_that_takes_too_long_is_reported_with_what_it_printed(self):
        go_on = threading.Event()

        def process(*_):
            capture.current.get().write("stdout", "before it hangs")
            go_on.wait(10)

        self.addCleanup(go_on.set)
        result = self.only(process, process_timeout_seconds=0.5)
        self.assertEqual(result.logs.stdout, "before it hangs")
        self.assertEqual((result.error.kind, result.error.retryable), (messages.TIMEOUT, True))

    def test_threads_that_hang_take_no_place_from_others(self):
        go_on = threading.Event()
        self.addCleanup(go_on.set)

        def process(tx, *_):
            if "hang" in tx:
                go_on.wait(20)
            return ProcessResult()

        _, stream = self.ready(process, num_workers=2, process_timeout_seconds=0.5)
        stream.deliver("hang")
        self.assertEqual(stream.expect("result").error.kind, messages.TIMEOUT)
        both = [stream.deliver(one) or one for one in ("a", "b")]
        self.assertEqual(sorted(stream.expect("result").invocation_id for _ in both), both)

    def test_an_endless_loop_is_ended(self):
        ended = threading.Event()

        def process(*_):
            try:
                while True:
                    pass
            finally:
                ended.set()

        self.assertEqual(self.only(process, process_timeout_seconds=0.5).error.kind, messages.TIMEOUT)
        self.assertTrue(ended.wait(5))

    def test_a_result_that_comes_after_all_is_dropped(self):
        go_on = threading.Event()
        _, stream = self.ready(
            lambda tx, *_: ("tx-a" in tx) and go_on.wait(10) and None or ProcessResult(), process_timeout_seconds=0.5
        )
        stream.deliver("a")
        stream.expect("result")
        go_on.set()
        stream.deliver("b")
        self.assertEqual(stream.expect("result").invocation_id, "b")

    def test_when_as_many_threads_hang_as_there_are_workers_the_process_starts_anew(self):
        go_on = threading.Event()
        self.addCleanup(go_on.set)
        client, stream = self.ready(lambda *_: go_on.wait(20), num_workers=2, process_timeout_seconds=0.5)
        for one in ("a", "b"):
            stream.deliver(one)
        for _ in range(2):
            stream.acknowledge(stream.expect("result").invocation_id)
        stream.expect("goodbye")
        self.assertEqual(client.join(), RESTART)


class StopTest(Running):
    def test_what_was_begun_is_finished_before_the_program_ends(self):
        go_on = threading.Event()
        client, stream = self.ready(lambda *_: go_on.wait(10) and ProcessResult())
        stream.deliver("a")
        stream.say(heartbeat=messages.Heartbeat(unix_ms=1))
        stream.expect("heartbeat")
        client.client.stop("test")
        self.assertEqual(stream.expect("credit").max_in_flight, 0)
        stream.deliver("too late")
        go_on.set()
        self.assertEqual(stream.expect("result").invocation_id, "a")
        self.assertIsNone(client.join(0.5))
        stream.acknowledge("a")
        stream.expect("goodbye")
        stream.end()
        self.assertEqual(client.join(), STOPPED)

    def test_what_cannot_be_finished_within_the_grace_is_given_back(self):
        go_on = threading.Event()
        self.addCleanup(go_on.set)
        client, stream = self.ready(lambda *_: go_on.wait(20) and ProcessResult(), shutdown_grace_seconds=0.5)
        stream.deliver("a")
        client.client.stop("test")
        stream.expect("goodbye")
        stream.end()
        self.assertEqual(client.join(), STOPPED)

    def test_a_client_without_a_session_ends_at_once(self):
        self.prime.stop()
        client = self.client(reconnect_delay_seconds=100, max_backoff_seconds=100)
        time.sleep(0.5)
        client.client.stop("test")
        self.assertEqual(client.join(2), STOPPED)

    def test_results_are_told_in_a_new_session_if_the_node_is_away_when_the_program_stops(self):
        client, stream = self.ready()
        stream.deliver("a")
        stream.expect("result")
        stream.end()
        again = self.prime.next()
        client.client.stop("test")
        again.welcome(kept=["a"])
        again.expect("result")
        again.acknowledge("a")
        again.expect("goodbye")
        self.assertEqual(client.join(), STOPPED)
