"""Reads SQL files as PostgreSQL would, without a database.

    check-sql.py FILE…

What is psql's own is left out: lines that begin with a backslash; a variable stands for some text or name.
"""
import re
import sys

import pglast


def main(files):
    errors = 0
    for file in files:
        with open(file, encoding="utf-8") as source:
            text = re.sub(r"^\\.*$", "", source.read(), flags=re.MULTILINE)
        text = re.sub(r"(?<!:):'\w+'", "'text'", text)
        text = re.sub(r'(?<!:):"\w+"', '"name"', text)
        try:
            if not pglast.parse_sql(text):
                raise ValueError("there is no statement")
        except (pglast.parser.ParseError, ValueError) as error:
            print(f"{file}: {error}")
            errors += 1
    return 1 if errors else 0


sys.exit(main(sys.argv[1:]))
