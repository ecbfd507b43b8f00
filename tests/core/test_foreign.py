from averment.core.foreign import QUIET, silence_libraries


def test_libraries_are_told_to_report_nothing_whatever_the_user_has_set() -> None:
    environ = {"HAYSTACK_TELEMETRY_ENABLED": "True", "HOME": "/home/ada"}
    silence_libraries(environ)
    assert environ["HAYSTACK_TELEMETRY_ENABLED"] == "False"
    assert environ["HOME"] == "/home/ada"
    assert QUIET.items() <= environ.items()
