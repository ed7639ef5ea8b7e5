"""Where things are in the tree of each commit of the record; what waits and what is gone, in files of their own."""

INDEX = "applied/"
ATTESTED = "attested/"
RECEIPT = "receipt.json"
SALT = "salt"
