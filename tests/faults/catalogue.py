"""Rows 1-26 and 39-41 of the fault catalogue, and the tests that make each of these faults.

Besides these, by hand: `python -m tests.faults.kill_table --kills 300` (rows 1, 9, 10, 12, 17) and, as root,
`python -m tests.faults.power_cut --cuts 20` (row 2). What of a row isn't made is said with it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A fault and its tests, as file and name. `not_made` is what of it no test makes, and why; empty for nothing."""

    number: int
    fault: str
    tests: tuple[str, ...]
    not_made: str = ""


ROWS = (
    Row(1, "kill -9 in an answer", (
        "faults/test_kill.py::test_killed_sessions_lose_nothing_and_go_on",
        "sessions/test_recordings_said.py::test_what_a_crash_left_is_said_with_its_answer_and_how_much_there_is",
    )),
    Row(2, "power cut", (
        "faults/test_kill.py::test_a_power_cut_loses_no_more_than_a_second_of_sound_and_nothing_that_was_waited_for",
    ), "a drive that lies about its cache: it would take one"),
    Row(3, "window closed, SIGTERM", (
        "flows/test_terminal.py::test_who_leaves_in_mid_answer_goes_on_with_the_same_take",
        "flows/test_pty.py::test_the_terminal_is_left_as_it_was_found",
    )),
    Row(4, "ctrl+c twice, ctrl+z and fg", (
        "flows/test_interview.py::test_whoever_interrupts_twice_means_it",
        "tui/test_leaving.py::test_ctrl_c_leaves_with_everything_saved",
        "faults/test_two_at_once.py::test_the_second_says_who_has_it_and_may_look_and_the_first_goes_on_after_a_sleep",
    ), "ctrl+z on the screen: there it is a key like others, and no signal"),
    Row(5, "exception in the screens", (
        "tui/test_leaving.py::test_a_screen_that_breaks_ends_with_one_sentence_and_exit_code_1_and_the_session_in_order",
        "tui/test_leaving.py::test_nothing_of_a_broken_screen_is_printed",
    )),
    Row(6, "an engine's process aborts", (
        "engines/test_transcribers.py::test_a_killed_process_costs_a_retry",
        "engines/test_voices.py::test_a_killed_process_costs_a_retry",
    )),
    Row(7, "an engine's process hangs", ("engines/test_transcribers.py::test_a_hung_process_costs_a_retry",)),
    Row(8, "an engine's process fills its stderr", (
        "faults/test_catalogue.py::test_an_engine_that_says_ten_megabytes_on_the_side_is_still_answered_by",
    )),
    Row(9, "killed while finalising", (
        "sessions/test_flac.py::test_killed_before_any_change_of_the_disk_one_is_there_and_whole",
        "faults/test_kill.py::test_killed_at_any_change_of_session_json_a_take_or_the_report_all_that_was_accepted_is_there",
        "sessions/test_finalise.py::test_what_a_killed_process_left_is_seen_to_at_the_next_start",
    )),
    Row(10, "torn last line", (
        "sessions/test_journal.py::test_cut_at_every_byte_it_gives_the_whole_lines_and_can_be_gone_on_with",
        "sessions/test_cut_anywhere.py::test_cut_at_every_byte_it_folds_to_a_prefix",
    )),
    Row(11, "damaged line, flipped bit", (
        "sessions/test_cut_anywhere.py::test_every_flipped_byte_is_found_and_named_with_its_line",
        "sessions/test_journal.py::test_any_flipped_bit_of_a_middle_line_is_reported_and_what_stood_before_is_kept",
        "sessions/test_flac.py::test_a_flipped_bit_anywhere_is_found_or_changes_no_sample",
    )),
    Row(12, "half-written session.json", (
        "faults/test_kill.py::test_killed_at_any_change_of_session_json_a_take_or_the_report_all_that_was_accepted_is_there",
        "sessions/test_durable.py::test_the_nth_operation_fails_for_every_n_and_the_file_is_old_or_new",
    )),
    Row(13, "index damaged or deleted", (
        "sessions/test_index.py::test_a_deleted_index_is_made_again",
        "sessions/test_index.py::test_an_index_cut_anywhere_is_made_again",
        "sessions/test_index.py::test_any_damaged_bytes_are_noticed_or_harmless",
    )),
    Row(14, "two instances", (
        "faults/test_two_at_once.py::test_the_second_says_who_has_it_and_may_look_and_the_first_goes_on_after_a_sleep",
        "sessions/test_index.py::test_two_processes_at_once_say_the_same",
    )),
    Row(15, "stale lock", (
        "faults/test_two_at_once.py::test_the_lock_of_a_killed_program_is_free_and_what_it_accepted_is_gone_on_with",
    )),
    Row(16, "older and newer format", (
        "faults/test_formats.py::test_a_newer_session_is_said_to_be_one_and_no_byte_of_it_is_changed",
        "sessions/test_golden.py::test_it_verifies_and_recovers_without_a_change",
    )),
    Row(17, "killed in upcasting", (
        "faults/test_formats.py::test_killed_while_an_older_session_becomes_todays_it_is_the_one_or_the_other",
    )),
    Row(18, "folder moved, file missing", (
        "faults/test_formats.py::"
        "test_of_a_session_that_lacks_a_file_or_was_moved_the_rest_is_shown_and_what_is_gone_is_named",
    )),
    Row(19, "little space at the start", (
        "sessions/test_store.py::test_little_space_is_refused_before_anything_is_made",
        "faults/test_bad_input.py::test_a_small_disk_is_refused_before_anything_is_asked",
    )),
    Row(20, "disk fills in an answer", (
        "audio/test_capture.py::test_an_almost_full_disk_stops_the_take_and_keeps_it",
        "faults/test_refused.py::test_a_disk_that_fills_up_anywhere_in_a_session_keeps_what_fitted",
    )),
    Row(21, "the Nth write is refused", (
        "faults/test_refused.py::test_a_session_refused_at_any_change_of_the_disk_keeps_all_that_came_before",
        "sessions/test_flac.py::test_refused_at_any_change_of_the_disk_the_recording_stays",
    )),
    Row(22, "short write", ("faults/test_refused.py::test_interrupted_and_short_writes_cost_nothing",)),
    Row(23, "read-only folder", (
        "faults/test_bad_input.py::test_a_read_only_disk_is_refused_before_anything_is_asked",
        "faults/test_refused.py::"
        "test_on_a_disk_that_became_read_only_everything_can_be_looked_at_and_nothing_is_begun",
    ), "a home on a network disk: there is none here; a slow one is row 24"),
    Row(24, "fsync takes its time", (
        "audio/test_capture.py::test_a_disk_that_takes_its_time_is_told_of_once_and_holds_nothing_up",
        "sessions/test_journal.py::test_a_slow_sync_does_not_hold_up_the_next_event",
    )),
    Row(25, "umask 022", (
        "faults/test_clocks.py::test_whatever_the_umask_every_file_of_a_whole_session_is_its_owners_alone",
    )),
    Row(26, "somebody holds a file", (
        "sessions/test_durable.py::test_a_file_that_somebody_holds_for_a_moment_is_replaced_when_they_let_go",
        "sessions/test_finalise.py::test_what_the_disk_refuses_costs_nothing",
    ), "Windows' own locks, which keep others from reading: nobody has run it there"),
    Row(39, "a card's clock drifts for an hour", (
        "faults/test_clocks.py::"
        "test_of_a_card_that_gives_15990_samples_a_second_an_hour_is_replayed_where_it_was_said",
    ), "marks that only the clock knows (a hint, a pause) are off by 0.6 ms a second of their take, and say `about`"),
    Row(40, "the machine sleeps", (
        "flows/test_clock.py::test_a_sleep_in_a_calm_interview_asks_too_and_sets_no_clock",
        "faults/test_two_at_once.py::test_a_sleep_in_an_answer_that_nobody_can_unpause_costs_nothing",
        "faults/test_two_at_once.py::test_the_second_says_who_has_it_and_may_look_and_the_first_goes_on_after_a_sleep",
    ), "a real suspend: a stopped process and a clock that was told are in its place"),
    Row(41, "the wall clock jumps", (
        "faults/test_clocks.py::test_a_wall_clock_that_lies_while_a_session_is_held_changes_nothing_of_it",
        "faults/test_clocks.py::"
        "test_sessions_of_any_clock_are_listed_once_and_all_found_and_only_the_list_is_by_the_clock",
    )),
)  # fmt: skip
