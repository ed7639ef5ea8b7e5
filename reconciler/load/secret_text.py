"""What may be a secret's text, wherever it comes from, and why one can't be used."""

MOST = 64 * 2**10


class UnusableSecretError(Exception):
    """A secret that can't be used: the code, why (never its text), and how to mend it."""

    def __init__(self, code: str, detail: str, help: str) -> None:
        super().__init__(detail)
        self.code = code
        self.help = help


def secret_text(raw: bytes, what: str) -> str:
    """Return a secret's text from the bytes of ``what``, without its last line end.

    Raises :class:`UnusableSecretError` for more than 64 KiB, for what isn't UTF-8, and for nothing at all.
    """
    if len(raw) > MOST:
        raise UnusableSecretError("secret-unreadable", f"{what} has more than 64 KiB.", "A secret is a short text.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise UnusableSecretError("secret-unreadable", f"{what} isn't UTF-8 text.", "Save it as UTF-8.") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise UnusableSecretError("secret-empty", f"{what} is empty.", "Write the secret into it.")
    if "\0" in text:
        raise UnusableSecretError("secret-unreadable", f"{what} holds a NUL character.", "Write the secret as text.")
    return text
