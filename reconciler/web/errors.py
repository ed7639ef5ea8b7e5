"""Why nothing came back that can be used. No message holds a header, a path or anything that was sent.

WebError
├── NoAnswerError        no whole answer: what was asked for may have been done or not
├── UntrustedError       nothing was sent: whoever answered there didn't prove to be the server
├── EndlessAnswerError   more than the limits on size and time let in
├── WrongAddressError    nothing was sent: this isn't an address below the one that the credentials are for
└── UnsafeVerbError      nothing was sent: who only reads may not send this
"""

from reconciler.model.errors import ReconcilerError


class WebError(ReconcilerError):
    """No answer that can be used."""


class NoAnswerError(WebError):
    """No whole answer came, for the reason ``cause``; what was asked for may have been done or not."""

    def __init__(self, where: str, cause: str) -> None:
        super().__init__(f"{where} gave no whole answer: {cause}.", "See that it runs and can be reached from here.")
        self.cause = cause


class UntrustedError(WebError):
    """A certificate that nobody vouches for, because of ``cause``; asking again wouldn't change it."""

    def __init__(self, where: str, cause: str) -> None:
        super().__init__(
            f"The certificate of {where} isn't trusted: {cause}. Nothing was sent.",
            "If it is the right server, name the file with its authority's certificates (`ca_file`).",
        )


class EndlessAnswerError(WebError):
    """An answer that is larger, slower or otherwise packed than what is let in."""


class WrongAddressError(WebError):
    """An address that can't be asked, or to which the credentials don't belong."""


class UnsafeVerbError(WebError):
    """A verb that may change something, on a connection that only reads."""

    def __init__(self, verb: str) -> None:
        super().__init__(f"Who only reads sends no {verb}.")
