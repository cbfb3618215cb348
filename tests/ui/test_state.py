"""What sessions share."""

from threading import Barrier, Lock, Thread
from time import sleep

from calculator.ui import state


def test_heavy_work_takes_turns() -> None:
    crowd = 6 * state.AT_ONCE
    start, counting, inside = Barrier(crowd), Lock(), [0]
    most = 0

    def work() -> None:
        nonlocal most
        start.wait()
        with state.turn():
            with counting:
                inside[0] += 1
                most = max(most, inside[0])
            sleep(0.01)
            with counting:
                inside[0] -= 1

    threads = [Thread(target=work) for _ in range(crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == state.AT_ONCE and inside == [0]
