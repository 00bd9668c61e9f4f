"""What `make run` does after setup: a database with a demonstration once, the server, three teams' tablets on
a trip.

It only calls the commands `vyezd` and `vyezd-tablet` that stand beside this Python, as a person would, and
speaks Russian first. The server's log goes into the data folder, so that what is to be read stays on the
screen. VYEZD_DATA (./data) and VYEZD_PORT (8000) move it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PORT = int(os.environ.get("VYEZD_PORT", "8000"))
URL = f"http://{HOST}:{PORT}"
DATA = Path(os.environ.setdefault("VYEZD_DATA", "data"))
LOG = DATA / "server.log"
TABLETS = DATA / "demo-tablets"
START_SECONDS = 60
TABLETS_A_TEAM = 2  # they know the same families, so some of what they change offline differs

WELCOME = """
Выезд работает: {url}
  вход для офиса: {accounts}
{tablet}
Что посмотреть:
  1. {url}/queue: войдите как admin. Адреса, которые два планшета изменили без связи; решите одно расхождение.
  2. {url}/visits: журнал посещений.
     {url}/families: карточки семей с историей каждого поля.
     {url}/tablets: планшеты, когда были на связи.
  3. {url}/api/v1/docs: описание API для планшетов и других систем.
  4. В другом окне: {bin}/vyezd --help
Журнал сервера: {log}. Остановить: Ctrl-C. Данные останутся в {data}.

Vyezd is running: {url}
  office accounts: {accounts}
{tablet}
What to click next:
  1. {url}/queue: sign in as admin. Addresses that two tablets changed offline; decide one of them.
  2. {url}/visits: the visit log.
     {url}/families: family cards with the story of each field.
     {url}/tablets: tablets and their last contact.
  3. {url}/api/v1/docs: the API for tablets and other systems.
  4. In another window: {bin}/vyezd --help
The server's log: {log}. Stop it with Ctrl-C. The data stays in {data}.
"""


def main() -> int:
    """Runs until Ctrl-C. Returns the exit code."""
    if _is_taken():
        _say(
            f"Порт {PORT} занят: наверное, сервер уже запущен. Другой порт: VYEZD_PORT=8001 make run",
            f"Port {PORT} is taken: perhaps the server is running already. Another one: VYEZD_PORT=8001 make run",
        )
        return 1
    DATA.mkdir(parents=True, exist_ok=True)
    _vyezd("init")
    demo = _load_demo()
    with LOG.open("ab") as log:
        words = [_program("vyezd"), "serve", "--port", str(PORT)]
        # In a session of its own: Ctrl-C is for us, who then end the server once and in good order.
        server = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)
    for farewell in (signal.SIGTERM, signal.SIGINT):  # a background job inherits that Ctrl-C is ignored
        signal.signal(farewell, signal.default_int_handler)
    try:
        return _show(server, demo)
    except KeyboardInterrupt:
        _say("\nСервер остановлен, данные сохранены.", "The server has stopped, the data is kept.")
        return 0
    finally:
        _stop(server)


def _show(server: subprocess.Popen[bytes], demo: dict[str, Any] | None) -> int:
    """Waits for the server, sends the tablets out once, says what there is, and stays."""
    if not _is_ready(server):
        _say(f"Сервер не запустился, см. {LOG}:", f"The server did not start, see {LOG}:")
        print("".join(LOG.read_text(errors="replace").splitlines(keepends=True)[-15:]))
        return 1
    if demo and not _vyezd_json("device", "list"):
        _send_tablets(demo["teams"])
    _welcome(demo)
    return server.wait()


def _load_demo() -> dict[str, Any] | None:
    """The demonstration, loaded now or earlier; None where the register holds something else."""
    done = subprocess.run([_program("vyezd"), "demo", "--size", "small", "--json"], capture_output=True, text=True)
    if done.returncode:
        print(done.stderr.strip())
        _say("Запускаю с теми данными, что есть.", "Starting with the data that is there.")
        return None
    demo: dict[str, Any] = json.loads(done.stdout)
    if demo["fresh"]:
        _say(f"База данных с демонстрацией создана в {DATA}.", f"A database with a demonstration was made in {DATA}.")
    else:
        _say(f"Данные в {DATA} уже есть, работаем с ними.", f"There is data in {DATA} already: using it.")
    return demo


def _send_tablets(teams: list[str]) -> None:
    """Two tablets a team enrol, pull, travel and come home over HTTP; they leave disputed addresses
    behind."""
    _say(
        "\nПланшеты трёх бригад уезжают без связи и возвращаются…",
        "The tablets of three teams travel offline and return…",
    )
    codes = [_vyezd_json("device", "code", "--team", team)["code"] for team in teams for _ in range(TABLETS_A_TEAM)]
    words = ["fleet", "--server", URL, "--codes", ",".join(codes), "--folder", str(TABLETS)]
    if subprocess.run([_program("vyezd-tablet"), *words]).returncode:
        _say("Поездка не удалась, сервер работает дальше.", "The trip went wrong, the server goes on.")


def _welcome(demo: dict[str, Any] | None) -> None:
    programs = Path(sys.executable).parent
    accounts = [f"{each['login']} / {each['password']}" for each in (demo["accounts"] if demo else [])]
    known = "; ".join(accounts) or "vyezd user list, vyezd user add"
    store = next(iter(sorted(TABLETS.glob("*.db"))), None)
    tablet = f"  планшет (tablet): {programs}/vyezd-tablet --tablet {store} status" if store else ""
    print(WELCOME.format(url=URL, accounts=known, tablet=tablet, bin=programs, log=LOG, data=DATA), flush=True)


def _is_taken() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, PORT)) == 0


def _is_ready(server: subprocess.Popen[bytes]) -> bool:
    """Whether the server answers that it is ready, before it gives up or our patience ends."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{URL}/api/v1/readyz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
        server.wait(30)


def _vyezd(*words: str) -> str:
    """Runs `vyezd …` and returns what it printed; where it fails, its own words are the last ones."""
    done = subprocess.run([_program("vyezd"), *words], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr.strip())
    return done.stdout


def _vyezd_json(*words: str) -> Any:
    return json.loads(_vyezd(*words, "--json"))


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _say(russian: str, english: str) -> None:
    print(f"{russian}\n{english}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
