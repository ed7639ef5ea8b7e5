"""The plain form of octoDNS's YAML as regular expressions: what of a zone file is read straight from its text.

An entry is a name with a record set or a list of them, in block style; its scalars have one line each and are plain or
simply quoted; a comment may stand at the end of a line or on one of its own. Nothing that these patterns match means
anything else to a YAML parser, and all of it is printable ASCII.
"""

import re

from reconciler.model.late import pattern

QUOTES = "'\""
#: What an entry's further lines begin with; so does the end of a document.
INSIDE = frozenset(" -#")
_SINGLE, _DOUBLE = r"'[ !-&(-~]*'", r'"[ !#-\[\]-~]*"'
#: Plain text of one line: it neither begins like anything else, nor holds a colon or a number sign that ends it.
_RUN = r'[ !"$-9;-~]*'
_PLAIN = rf"(?:-?[A-Za-z0-9_]|[./;=+(<$^\\]){_RUN}(?:(?::(?![ \n]|\Z)|(?<! )\#){_RUN})*(?<! )"
_SCALAR = f"{_SINGLE}|{_DOUBLE}|{_PLAIN}"
_KEY = f"[A-Za-z0-9_][A-Za-z0-9_.-]*|{_SINGLE}|{_DOUBLE}"
_COMMENT = r"(?:[ ]+\#[ -~]*|[ ]*)"
_BLANK = r"(?:[ ]*(?:\#[ -~]*)?\n)*"
_END = rf"{_COMMENT}\n{_BLANK}"
_TTL = rf"ttl:[ ]+(0|[1-9][0-9]{{0,9}}){_END}"
_RTYPE = "[A-Z][A-Za-z0-9/]*"
_TYPE = rf"type:[ ]+({_RTYPE}){_END}"
#: A list on one line, of what has neither a colon nor quotes.
_LIST = r"\[[A-Za-z0-9 .,_-]*\]"


#: The indentation of a mapping, or that of a list's item and what stands behind its dash, as a record set began.
_SAME = r"(?(1)\1|\2[ ]\3)"
_VALUE = rf"values?:(?:[ ]+({_SCALAR}|{_LIST}){_END}|{_COMMENT}\n((?:{_SAME}[- ][ -~]*\n)+){_BLANK})"
#: A second TTL where none stood in front.
_AGAIN = rf"(?(4)|(?:{_SAME}{_TTL})?)"

#: A lone record set as octoDNS writes it, and as it stands most often: whatever else is plain is a name and records.
USUAL = pattern(
    rf"({_KEY}):\n(- |  )(?:ttl:[ ](0|[1-9][0-9]{{0,9}})\n  )?type:[ ]({_RTYPE})\n"
    rf"  (?:value:[ ]({_SCALAR})|values:\n((?:  [- ][ -~]*\n)*  [- ][ -~]*))\n(?![ \n#-])"
)
HEAD = pattern(rf"{_BLANK}(?:---[ ]*\n)?{_BLANK}")
NAME = pattern(rf"({_KEY}):{_END}")
#: A record set below its name. Groups: the indentation of a mapping; the indentation of a list's item, and what stands
#: behind its dash; TTL; type, TTL, value, block of values; value, block, TTL, type; TTL. The keys come in any order.
RECORD = pattern(
    rf"(?:([ ]+)(?=[tv])|([ ]*)-([ ]+))(?:{_TTL}{_SAME})?"
    rf"(?:{_TYPE}{_AGAIN}{_SAME}{_VALUE}|{_VALUE}{_AGAIN}{_SAME}{_TYPE})(?:{_SAME}{_TTL})?"
)
BEGINNING = pattern(r"^(?![ \n#]|-[ \n])", re.MULTILINE)
DASH = pattern(r" *- +")
ITEM = pattern(rf"({_SCALAR}){_COMMENT}")
LISTED = pattern("[A-Za-z0-9_][A-Za-z0-9._-]*")
PART = pattern(rf"([a-z][a-z_-]{{0,63}}):[ ]+({_SCALAR}){_COMMENT}")
OWNER = pattern(r"[a-z0-9_*-]{1,63}(?:\.[a-z0-9_*-]{1,63})*\Z")
OTHER_BREAKS = pattern("[\x85\u2028\u2029\ufeff]")
