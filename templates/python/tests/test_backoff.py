import unittest

from runtime.backoff import Backoff


class BackoffTest(unittest.TestCase):
    def test_the_delay_doubles_up_to_the_ceiling(self):
        backoff = Backoff(3, 120, lambda: 0)
        self.assertEqual([backoff.after(None) for _ in range(8)], [3, 6, 12, 24, 48, 96, 120, 120])

    def test_a_random_part_of_up_to_the_base_is_added(self):
        self.assertEqual(Backoff(3, 120, lambda: 0.5).after(None), 4.5)
        self.assertNotEqual(Backoff(3, 120).after(None), Backoff(3, 120).after(None))

    def test_thousands_of_failures_do_no_harm(self):
        backoff = Backoff(3, 120, lambda: 1)
        self.assertEqual([backoff.after(None) for _ in range(5000)][-1], 123)
        self.assertEqual(backoff.failures, 5000)

    def test_only_a_session_of_a_minute_begins_anew(self):
        backoff = Backoff(3, 120, lambda: 0)
        backoff.after(None)
        self.assertEqual(backoff.after(59.9), 6)
        self.assertEqual(backoff.after(60), 3)
        self.assertEqual(backoff.failures, 0)
        self.assertEqual(backoff.after(None), 6)
        self.assertEqual(backoff.failures, 1)

    def test_a_refusal_waits_for_the_longest(self):
        self.assertEqual(Backoff(3, 120, lambda: 0).after(None, refused=True), 120)
