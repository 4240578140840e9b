"""The file with the key: made once, for its owner only, and never without its content."""

import os
import threading

import pytest

from lib import key_file
from lib.key_file import add_key, is_open_to_others, read_keys
from lib.vault import Vault


@pytest.fixture(name="path")
def fixture_path(tmp_path):
    return tmp_path / "data" / "imap.key"


def test_made_when_it_is_needed(path, caplog):
    (key,) = read_keys(path)
    assert Vault([key])
    assert read_keys(path) == [key]
    (record,) = caplog.records
    assert str(path) in record.message and key not in record.message
    assert [entry.name for entry in path.parent.iterdir()] == ["imap.key"]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
def test_for_its_owner_only(path, umask):
    path.parent.mkdir()
    before = os.umask(umask)
    try:
        read_keys(path)
        add_key(path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not is_open_to_others(path)
    path.chmod(0o640)
    assert is_open_to_others(path)


def test_workers_that_start_at_once_have_one_key(path, monkeypatch):
    """All of them find no file, and each has written its key before the first one shows it."""
    workers = 8
    ready = threading.Barrier(workers)
    link = os.link

    def together(*names):
        ready.wait(10)
        link(*names)

    monkeypatch.setattr(key_file.os, "link", together)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(tuple(read_keys(path))))
        for _worker in range(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(found) == workers
    assert set(found) == {tuple(read_keys(path))}
    assert len(found[0]) == 1
    assert [entry.name for entry in path.parent.iterdir()] == ["imap.key"]


def test_a_key_is_on_the_disk_before_it_is_used(path, monkeypatch):
    """A loss of power must not leave passwords that a lost key encrypted."""
    written = []
    link = os.link

    def fsync(descriptor):
        written.append(os.readlink(f"/proc/self/fd/{descriptor}"))

    def linked(draft, target):
        assert written == [draft]
        link(draft, target)

    monkeypatch.setattr(key_file.os, "fsync", fsync)
    monkeypatch.setattr(key_file.os, "link", linked)
    read_keys(path)
    assert written[1:] == [str(path.parent)]


def test_a_new_key_comes_before_the_old_ones(path):
    old = read_keys(path)
    token = Vault(old).encrypt("secret")
    add_key(path)
    keys = read_keys(path)
    assert keys[1:] == old
    assert Vault(keys).decrypt(token) == "secret"
    assert Vault(keys).age(token) == "old"
    assert Vault(keys[:1]).age(token) == "lost"


def test_keys_that_are_added_at_once_are_all_there(path):
    (first,) = read_keys(path)
    threads = [threading.Thread(target=add_key, args=[path]) for _worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    keys = read_keys(path)
    assert len(set(keys)) == 9
    assert keys[-1] == first


def test_where_nothing_can_be_written(tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(OSError):
        read_keys(blocked / "imap.key")
