from lib.stopwatch import Stopwatch


def test_time_goes_to_the_phase_that_ends():
    moments = iter([10, 11, 13, 13.5])
    stopwatch = Stopwatch(lambda: next(moments))
    for phase in ("sign_in", "new", "sign_in"):
        stopwatch.lap(phase)
    assert stopwatch.laps == {"sign_in": 1.5, "new": 2}
