"""The program as a process that is killed again and again, among people who go on asking and outlets that go on."""
