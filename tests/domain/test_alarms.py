from facegate_addons.domain.alarms import Alarm, listen, sound


def test_everybody_who_listens_hears_and_nobody_after():
    first: list[Alarm] = []
    second: list[Alarm] = []
    sound(Alarm.HOOK_FAILED)
    stop, stop_too = listen(first.append), listen(second.append)
    sound(Alarm.SEAL_MISMATCH)
    stop()
    sound(Alarm.HOOK_FAILED)
    stop_too()
    sound(Alarm.STEP_FAILED)
    assert (first, second) == ([Alarm.SEAL_MISMATCH], [Alarm.SEAL_MISMATCH, Alarm.HOOK_FAILED])
