"""What each start loads, and why: whoever adds to it adds a reason here, or imports it where it is used."""

from collections.abc import Mapping

#: Libraries, Python's own too. What they load themselves belongs to them; what every Python loads isn't listed.
REASONS: Mapping[str, str] = {
    "click": "reads the command line and writes help",
    "dataclasses": "the frozen values of which all rooms are made",
    "pathlib": "the account folder",
    "locale": "click asks for the language of help",
    "textwrap": "click folds the text of help",
    "shutil": "click asks how wide the terminal is, for help alone",
    "yaml": "reads account.yaml where that is new, and ordinary files",
    "subprocess": "asks git",
    "hashlib": "ids of files, groups and seals",
    "json": "values in record and account",
    "socket": "judges addresses, and asks name servers",
    "decimal": "amounts of money",
    "zlib": "git's objects",
    "struct": "numbers in git's objects",
    "heapq": "the order of changes",
    "unicodedata": "what a terminal must not be shown",
    "gc": "looks for cycles seldom, and is paused while much is read",
    "bisect": "the places of a file that is read anew, and record sets that are kept in order",
    "sqlite3": "the embedded account",
}

HELP = frozenset({"click", "dataclasses", "gc", "pathlib"})
VALIDATE = HELP | {
    *("subprocess", "hashlib", "json", "socket", "decimal", "zlib", "struct", "heapq", "unicodedata"),
}
#: The libraries of each command; a plan believes nothing of a cache, or all of it.
LIBRARIES: Mapping[str, frozenset[str]] = {
    "--version": frozenset(),
    "--help": HELP | {"locale", "textwrap", "shutil"},
    "validate": VALIDATE,
    "plan": VALIDATE | {"yaml", "sqlite3", "bisect"},
    "plan with a cache": VALIDATE | {"sqlite3"},
}

#: How many files of ours each command loads at most, by room: the words of a plan, its corridor, and what it walks by.
FILES: Mapping[str, Mapping[str, int]] = {
    "--version": {"cli": 2},
    "--help": {"cli": 7, "model": 6},
    "validate": {
        "cache": 7,
        "check": 19,
        "cli": 9,
        "gitrepo": 8,
        "kinds": 9,
        "load": 27,
        "model": 36,
        "pipeline": 7,
        "planner": 34,
        "ports": 1,
        "providers": 4,
        "record": 13,
        "report": 8,
    },
    "plan": {
        "cache": 8,
        "check": 33,
        "cli": 9,
        "facts": 1,
        "gitrepo": 8,
        "kinds": 10,
        "load": 35,
        "model": 36,
        "pipeline": 7,
        "planner": 34,
        "ports": 1,
        "providers": 5,
        "record": 15,
        "report": 8,
        "store": 10,
    },
    "plan with a cache": {
        "cache": 8,
        "check": 19,
        "cli": 9,
        "facts": 1,
        "gitrepo": 8,
        "kinds": 9,
        "load": 27,
        "model": 36,
        "pipeline": 7,
        "planner": 34,
        "ports": 1,
        "providers": 5,
        "record": 15,
        "report": 8,
        "store": 10,
    },
}
