import tempfile
import unittest
from pathlib import Path

from runtime.config import ConfigError, load

REQUIRED = {"server_address": "localhost:50051", "chain_id": "c", "smart_contract_id": "s", "api_key": "k"}


def loaded(text, environ=None):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.yaml")
        path.write_text(text, encoding="utf-8")
        return load(str(path), environ or {})


def lines(**settings):
    return "".join(f"{name}: {value}\n" for name, value in {**REQUIRED, **settings}.items())


class ConfigTest(unittest.TestCase):
    def test_what_is_not_written_has_its_documented_default(self):
        config, warnings = loaded(lines())
        self.assertEqual(warnings, [])
        self.assertEqual((config.use_tls, config.tls_cert_path, config.num_workers), (False, "", 10))
        self.assertEqual((config.reconnect_delay_seconds, config.max_backoff_seconds), (3, 120))
        self.assertEqual(config.max_reconnect_attempts, 0)
        self.assertEqual((config.shutdown_grace_seconds, config.process_timeout_seconds), (30, 60))
        self.assertEqual((config.exit_on_auth_error, config.log_limit_bytes), (False, 65536))

    def test_all_ten_settings_are_read(self):
        written = {
            "use_tls": "true",
            "tls_cert_path": "a.pem",
            "num_workers": 4,
            "reconnect_delay_seconds": 0.5,
            "max_backoff_seconds": 9,
            "max_reconnect_attempts": 2,
        }
        config, _ = loaded(lines(**written))
        for name, value in {**REQUIRED, **written, "use_tls": True}.items():
            self.assertEqual(getattr(config, name), value, name)

    def test_a_required_setting_that_is_missing_is_named(self):
        for name in REQUIRED:
            with self.assertRaisesRegex(ConfigError, f"{name} is missing"):
                loaded(lines(**{name: ""}))

    def test_the_environment_goes_before_the_file(self):
        config, _ = loaded(lines(), {"REMOTE_SC_API_KEY": "other", "REMOTE_SC_NUM_WORKERS": "3"})
        self.assertEqual((config.api_key, config.num_workers), ("other", 3))

    def test_a_setting_that_does_not_exist_is_a_warning(self):
        _, warnings = loaded(lines(num_worker=3))
        self.assertIn("num_worker", warnings[0])

    def test_a_value_of_the_wrong_kind_is_named(self):
        wrong = {"num_workers": "many", "use_tls": "perhaps", "max_backoff_seconds": "[1]", "log_limit_bytes": -1}
        wrong |= {"chain_id": "{a: b}", "process_timeout_seconds": 0, "max_reconnect_attempts": 1.5}
        wrong |= {"smart_contract_id": '"a\\nb"'}
        for name, value in wrong.items():
            with self.assertRaisesRegex(ConfigError, name):
                loaded(lines(**{name: value}))

    def test_a_file_that_is_no_yaml_or_not_there_is_an_error(self):
        with self.assertRaises(ConfigError):
            loaded("a: [")
        with self.assertRaises(ConfigError):
            load("/nowhere/config.yaml", {})

    def test_text_that_looks_like_a_number_stays_as_it_is(self):
        config, _ = loaded(lines(chain_id="010", smart_contract_id="1_000", api_key="12.50"))
        self.assertEqual((config.chain_id, config.smart_contract_id, config.api_key), ("010", "1_000", "12.50"))

    def test_an_empty_file_lacks_what_is_required(self):
        with self.assertRaisesRegex(ConfigError, "server_address is missing"):
            loaded("")

    def test_the_key_is_not_shown(self):
        config, _ = loaded(lines(api_key="precious"))
        self.assertNotIn("precious", repr(config))
        with self.assertRaises(ConfigError) as raised:
            loaded(lines(api_key="[precious]"))
        self.assertNotIn("precious", str(raised.exception))

    def test_an_unencrypted_connection_to_another_machine_is_a_warning(self):
        _, warnings = loaded(lines(server_address="node.example:50051"))
        self.assertIn("unencrypted", warnings[0])

    def test_each_process_has_a_name_of_its_own_unless_it_is_given_one(self):
        first, second = loaded(lines())[0], loaded(lines())[0]
        self.assertNotEqual(first.instance_id, second.instance_id)
        self.assertEqual(loaded(lines(instance_id="mine"))[0].instance_id, "mine")
