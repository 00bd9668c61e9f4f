"""What comes in from files: each row becomes an op and goes through the gate like everybody's, and a report
says what came of it.

Reading a file, deciding what its rows mean and writing the ops are separate steps; only the last one
touches the database.
"""
