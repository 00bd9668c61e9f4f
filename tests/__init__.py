"""The tests mirror the rooms; tests/README.md says what lies where and what the fixtures give."""
