"""A small account in a git repository, for tests of whole runs."""

from program import Cli, Finished, Repository

SECRETS = {"MAIL_INFO": "a-long-secret-1", "MAIL_ERIKA": "a-long-secret-2"}
FILES = {
    "account.yaml": "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n",
    "mail.yaml": (
        "mail:\n"
        "  example.org:\n"
        "    mailboxes:\n"
        "      info:\n"
        "        quota: 5 GiB\n"
        "        password: {secret: env/MAIL_INFO, version: 1}\n"
        "      erika:\n"
        "        password: {secret: env/MAIL_ERIKA, version: 1}\n"
        "    aliases:\n"
        "      sales: [info, partner@example.net]\n"
    ),
    "contacts.yaml": (
        "contacts:\n"
        "  erika: {name: Erika Mustermann, email: erika@example.org, phone: '+49 511 123456', may: [authorise]}\n"
    ),
    "zones/example.org.yaml": (
        "'':\n  type: MX\n  value: {exchange: mx.example.net., preference: 10}\n"
        "www:\n  type: A\n  value: 203.0.113.10\n"
    ),
}


class Account:
    """The account in its repository; calling it runs ``reconciler`` there with the secrets in its environment."""

    def __init__(self, cli: Cli, repo: Repository) -> None:
        self._cli = cli
        self.repo = repo
        self.path = repo.path
        repo.commit("Begin", FILES)

    def __call__(self, *args: str, **env: str) -> Finished:
        return self._cli(*args, cwd=self.path, env={**SECRETS, **env})

    def change(self, name: str, old: str, new: str) -> None:
        """Replace text in a file and commit it."""
        text = (self.path / name).read_text("utf-8")
        assert old in text
        self.repo.commit("Change", {name: text.replace(old, new)})
