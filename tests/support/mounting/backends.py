"""The backends that every mount test runs on. A new one is one line here and its name in tests/mount/CMakeLists.txt."""

# Name → the body of its [backend.main] table. {store} is a directory of the test's own.
SETTINGS = {
    "memory": 'type = "memory"\nsize = "8GiB"',
    "local": 'type = "local"\nroot = "{store}"',
}

# What stays when the daemon ends.
PERSISTENT = {"local"}


def config(name, store, state):
    """The text of a configuration file with one mount, `test`."""
    return (f'[daemon]\nstate_dir = "{state}"\n\n'
            f"[backend.main]\n{SETTINGS[name].format(store=store)}\n\n"
            '[mount.test]\npaths = { "/" = "main" }\n')
