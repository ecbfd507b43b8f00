import threading

from averment.pipelines.models.cancellation import Cancellation, watching


def test_listeners_hear_it_once_and_only_while_they_listen() -> None:
    cancellation, heard = Cancellation(), list[str]()
    with cancellation.calling(lambda: heard.append("early")):
        pass
    with cancellation.calling(lambda: heard.append("now")):
        cancellation.cancel()
        cancellation.cancel()
    assert heard == ["now"]
    assert cancellation.is_cancelled


def test_who_listens_too_late_hears_it_at_once() -> None:
    cancellation, heard = Cancellation(), list[str]()
    cancellation.cancel()
    with cancellation.calling(lambda: heard.append("late")):
        assert heard == ["late"]


def test_it_may_be_set_from_any_thread_by_any_number_of_them() -> None:
    cancellation, heard = Cancellation(), list[int]()
    with cancellation.calling(lambda: heard.append(1)):
        threads = [threading.Thread(target=cancellation.cancel) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert heard == [1]


def test_a_watched_question_cancels_while_the_work_lasts() -> None:
    cancellation, wanted, heard = Cancellation(), threading.Event(), threading.Event()
    with watching(wanted.is_set, cancellation, interval_s=0.001), cancellation.calling(heard.set):
        assert not cancellation.is_cancelled
        wanted.set()
        assert heard.wait(5.0)
    assert cancellation.is_cancelled


def test_what_is_asked_after_the_work_cancels_nothing() -> None:
    cancellation, wanted = Cancellation(), threading.Event()
    before = threading.active_count()
    with watching(wanted.is_set, cancellation, interval_s=0.001):
        pass
    wanted.set()
    assert threading.active_count() == before
    assert not cancellation.is_cancelled


def test_nobody_to_ask_needs_no_thread() -> None:
    before = threading.active_count()
    with watching(None, Cancellation()):
        assert threading.active_count() == before
