"""The timetable and the clock process."""
