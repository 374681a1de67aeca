"""`python -m tests.golden` writes the golden files anew; look at the difference before you keep it."""

from tests.golden.golden import rewrite

rewrite()
