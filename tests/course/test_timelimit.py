import threading
import time

import pytest

from llmcourse.course.timelimit import TookTooLong, run_with_limit


def endless():
    while True:
        pass


def endless_and_stubborn():
    """Catches everything, so that only giving up on it helps."""
    while not released.is_set():
        try:
            time.sleep(0.001)
        except BaseException:
            continue


released = threading.Event()


def test_gives_the_value():
    assert run_with_limit(lambda: 41 + 1, seconds=10) == 42


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt, NotImplementedError])
def test_passes_on_what_is_raised(error):
    def fails():
        raise error("no")

    with pytest.raises(error, match="no"):
        run_with_limit(fails, seconds=10)


def test_stops_an_endless_loop_and_says_where_it_was():
    with pytest.raises(TookTooLong) as caught:
        run_with_limit(endless, seconds=0.2)
    assert caught.value.frame.f_code.co_name == "endless"


def test_the_stopped_thread_ends():
    before = threading.active_count()
    with pytest.raises(TookTooLong):
        run_with_limit(endless, seconds=0.2)
    assert threading.active_count() == before


def test_leaves_behind_what_cannot_be_stopped():
    released.clear()
    with pytest.raises(TookTooLong):
        run_with_limit(endless_and_stubborn, seconds=0.2)
    released.set()  # or the thread would slow down the tests after this one


def test_works_outside_the_main_thread():
    found = []

    def other_thread():
        try:
            run_with_limit(endless, seconds=0.2)
        except TookTooLong as error:
            found.append(error)

    thread = threading.Thread(target=other_thread)
    thread.start()
    thread.join(timeout=60)
    assert len(found) == 1


def test_deep_recursion_meets_the_limit_of_python_and_not_the_end_of_the_stack():
    def without_end(depth):
        return max([depth], key=lambda _: without_end(depth + 1))  # through C at every level

    with pytest.raises(RecursionError):
        run_with_limit(lambda: without_end(0), seconds=30)


def test_prints_go_through(capsys):
    run_with_limit(lambda: print("seen"), seconds=10)
    assert capsys.readouterr().out == "seen\n"
