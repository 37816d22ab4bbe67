"""Of your contract: change it together with process.py."""

import json
import unittest

from process import Transaction, process

HEADER = {
    "tag": "",
    "dc_id": "chain",
    "txn_id": "some-id",
    "block_id": "7",
    "txn_type": "adder",
    "timestamp": "1700000000",
    "invoker": "",
}


def processed(payload):
    transaction = {"version": "2", "header": HEADER, "payload": payload}
    return process(json.dumps(transaction), {"SMART_CONTRACT_NAME": "adder"}, {})


class ProcessTest(unittest.TestCase):
    def test_numbers_are_added_up_and_the_sum_goes_to_the_chain(self):
        result = processed({"numbers": [1, 2, 3]})
        self.assertEqual(result.data, {"status": "success", "sum": 6})
        self.assertTrue(result.output_to_chain)
        self.assertIsNone(result.error)

    def test_what_are_no_numbers_is_an_error(self):
        self.assertIn("numbers", processed({"numbers": ["one"]}).error)


class TransactionTest(unittest.TestCase):
    def test_the_fields_of_a_transaction_are_read(self):
        text = json.dumps({"version": "2", "header": {**HEADER, "block_id": 7}, "payload": {"a": 1}})
        transaction = Transaction.from_json(text)
        self.assertEqual((transaction.version, transaction.payload), ("2", {"a": 1}))
        self.assertEqual(vars(transaction.header), HEADER)

    def test_what_is_no_transaction_is_refused(self):
        for text in ("[]", "{}", '{"header": 1}', "nonsense"):
            with self.assertRaises(ValueError):
                Transaction.from_json(text)
