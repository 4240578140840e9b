"""The scripts behind make: what is left when somebody ends them, and what they say when they cannot go on."""

import os
import select
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30
#: a program that tells its id and stays
STAYS = "echo $$; exec sleep 600"


@pytest.fixture(name="checkout")
def fixture_checkout(tmp_path):
    """A checkout with the real helpers and nothing that they help, and a folder for programs."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "bin").mkdir()
    for name in ("common.sh", "fetch.sh", "apt.sh"):
        shutil.copy(ROOT / "dev" / name, tmp_path / "dev")
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


def program(path, text, runs_in="/bin/bash"):
    path.write_text(f"#!{runs_in}\n{text}\n")
    path.chmod(0o755)


@contextmanager
def started(checkout, *command):
    """Run it as a terminal would: in a process group of its own, which Ctrl-C reaches."""
    environment = {
        # not what a make above us passes on
        **{name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        "IMAP_SYNC_CACHE": str(checkout / "cache"),
        "PATH": f"{checkout / 'bin'}:{os.environ['PATH']}",
    }
    obey_ctrl_c = "import os, signal, sys; signal.signal(2, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])"
    process = subprocess.Popen(
        [sys.executable, "-c", obey_ctrl_c, *command],
        cwd=checkout,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def script(checkout, text):
    """Run it with the helpers at hand; as root, so that nobody is asked for a password."""
    helpers = '. dev/common.sh; . dev/fetch.sh; . dev/apt.sh; as_root() { "$@"; }\n'
    return started(checkout, "bash", "-c", helpers + text)


@contextmanager
def watched(pid):
    """Yield a function that waits some seconds until a process has ended, and says whether it has."""
    handle = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    try:
        yield lambda seconds=SECONDS: bool(poll.poll(seconds * 1000))
    finally:
        os.close(handle)


@pytest.mark.parametrize("target", ["demo", "test", "soak", "bench", "lint", "setup"])
def test_who_ends_make_ends_the_script(checkout, target):
    program(checkout / "dev" / f"{target}.sh", STAYS)
    with started(checkout, "make", target) as make:
        with watched(int(make.stdout.readline())) as ended:
            make.terminate()
            assert ended()


def test_a_script_that_is_killed_takes_its_program_along(checkout):
    with script(checkout, f"tied sh -c '{STAYS}'; true") as process:
        with watched(int(process.stdout.readline())) as ended:
            process.kill()
            assert ended()


def test_ctrl_c_ends_a_script_whatever_its_program_makes_of_it(checkout):
    program(
        checkout / "bin" / "stubborn", "trap 'exit 0' INT; echo up; while :; do sleep 0.05; done"
    )
    with script(checkout, "stubborn; echo went on") as process:
        assert process.stdout.readline() == "up\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=SECONDS)[0] == ""
    assert process.returncode == 130


@pytest.mark.parametrize(
    ("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]
)
def test_an_installation_that_has_begun_ends_first(checkout, how, status):
    os.mkfifo(checkout / "go on")
    # dpkg obeys Ctrl-C even if it was told not to
    program(
        checkout / "bin" / "apt-get",
        "import signal, pathlib\nsignal.signal(2, signal.SIG_DFL)\n"
        "pathlib.Path('installed').write_text(open('go on').read())",
        sys.executable,
    )
    with script(checkout, "apt_get_whole install tea; echo went on") as process:
        with open(checkout / "go on", "w") as go_on, watched(process.pid) as ended:
            os.killpg(process.pid, how)
            assert "ending as soon as they are installed" in process.stdout.readline()
            assert not ended(0.5)
            go_on.write("done")
        assert process.communicate(timeout=SECONDS)[0] == ""
    assert process.returncode == status
    assert (checkout / "installed").read_text() == "done"


def test_another_apt_is_waited_for(checkout):
    program(
        checkout / "bin" / "apt-get",
        "[ -e tried ] && exit; touch tried\n"
        "echo 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 12 (aptd)'\n"
        "exit 100",
    )
    with script(checkout, "apt_get update && echo went on") as process:
        said = process.communicate(timeout=SECONDS)[0].splitlines()
    assert said == [
        "==> Debian packages: waiting for another program (process 12 (aptd)) that is installing some",
        "went on",
    ]


def test_another_apt_is_not_waited_for_forever(checkout):
    program(checkout / "bin" / "apt-get", "echo 'E: Could not get lock x'; exit 100")
    with script(checkout, 'APT_PATIENCE=0; apt_get update || explain "It" "$APT_LOG"') as process:
        said = process.communicate(timeout=SECONDS)[0]
    assert "another program is still installing packages: wait until it has ended" in said
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("log", "next_step"),
    [
        ("write error: No space left on device", "make room"),
        ("npm ERR! code ENOSPC", "make room"),
        ("E: You don't have enough free space in /var/cache/apt/archives/.", "make room"),
        ("Temporary failure resolving 'mirror.example'", "cannot be reached"),
        (
            "Failed to establish a new connection: [Errno 111] Connection refused",
            "cannot be reached",
        ),
        ("npm ERR! code EAI_AGAIN", "cannot be reached"),
        ("anna is not in the sudoers file.", "ask somebody who is root"),
        ("E: dpkg was interrupted, you must manually run", "dpkg --configure -a"),
        ("E: Unable to locate package tea", "the reason is above"),
    ],
)
def test_what_fails_is_told_with_the_next_step(checkout, log, next_step):
    with script(
        checkout, f'fetch "Green tea" sh -c "echo \\"{log}\\"; exit 7"; echo went on'
    ) as process:
        said = process.communicate(timeout=SECONDS)[0].splitlines()
    assert said[0] == log
    assert said[1].startswith("error: Green tea could not be fetched or installed:")
    assert next_step in said[1]
    assert said[1].endswith("Then run the same command again; it goes on from here.")
    assert len(said) == 2 and process.returncode == 1


def test_too_little_room_is_told_before_anything_is_fetched(checkout):
    program(checkout / "bin" / "df", "echo header; echo /dev/x 100 88 12 88% /")
    with script(checkout, "need_room 12; need_room 13; echo went on") as process:
        said = process.communicate(timeout=SECONDS)[0]
    assert "has room for 12 MB, and 13 MB are needed: make room, or set IMAP_SYNC_CACHE" in said
    assert "went on" not in said


def test_what_a_killed_run_was_building_is_built_anew(checkout):
    text = 'building tea; [ -z "$(ls -A "$work")" ] && touch "$work/leaf" && echo "$work"; '
    with script(checkout, f"{text} kill -KILL $$") as process:
        work = Path(process.communicate(timeout=SECONDS)[0].strip())
    assert (work / "leaf").exists()
    with script(checkout, text) as process:
        assert process.communicate(timeout=SECONDS)[0].strip() == str(work)
    assert not work.exists()
