"""The portal's own words: of each kind where it is, what its buttons say and what its fields are called."""

from collections.abc import Mapping

from reconciler.model.late import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one kind in one language: its place in the portal, the buttons, and the labels of its fields.

    ``add`` and ``remove`` are empty where the account always has it; ``names`` are its own names of entries of which
    every account has the same.
    """

    path: str
    change: str
    fields: Mapping[str, str]
    add: str = ""
    remove: str = ""
    names: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Phrases:
    """What is the same for every kind in one language, with places for the texts."""

    open: str
    entry: str
    save: str
    confirm: str
    empty: str
    whole: str
    lies_in: str


PHRASES: Mapping[str, Phrases] = {
    "de": Phrases(
        open="„{path}“ öffnen",
        entry="Eintrag „{name}“: „{button}“",
        save="„Speichern“",
        confirm="Löschen bestätigen",
        empty="(leer)",
        whole="ganz in {place}",
        lies_in="den Wert von {place} eingeben",
    ),
    "en": Phrases(
        open="Open “{path}”",
        entry="Entry “{name}”: “{button}”",
        save="“Save”",
        confirm="Confirm the deletion",
        empty="(empty)",
        whole="in full in {place}",
        lies_in="enter the value of {place}",
    ),
}

_DNS_DE, _DNS_EN = "Webhosting & Domains > DNS-Modul", "Web hosting & domains > DNS module"
_MAIL_DE, _MAIL_EN = "ServerCon > Postfächer", "ServerCon > Mailboxes"
_PASSWORDS_DE = {"service": "Servicepasswort", "telephone": "Telefonpasswort"}
_PASSWORDS_EN = {"service": "Service password", "telephone": "Telephone password"}
_NEW_DE, _EDIT_DE, _DELETE_DE = "Neu anlegen", "Bearbeiten", "Löschen"
_NEW_EN, _EDIT_EN, _DELETE_EN = "Add", "Edit", "Delete"


def _german(path: str, fields: Mapping[str, str], add: str = _NEW_DE) -> Words:
    return Words(path, _EDIT_DE, fields, add, _DELETE_DE)


def _english(path: str, fields: Mapping[str, str], add: str = _NEW_EN) -> Words:
    return Words(path, _EDIT_EN, fields, add, _DELETE_EN)


def _request(path: str, button: str, fields: Mapping[str, str]) -> Words:
    return Words(path, button, fields, button)


GERMAN: Mapping[str, Words] = {
    "zone": _german(_DNS_DE, {}, "Domain hinzufügen"),
    "record": _german(_DNS_DE, {"ttl": "TTL", "values": "Werte", "options": "Optionen"}, "Eintrag hinzufügen"),
    "mail_domain": Words("ServerCon > Postfächer > Domain", _EDIT_DE, {"catch_all": "Sammeladresse (Catch-all)"}),
    "mailbox": _german(
        _MAIL_DE,
        {
            "name": "Anzeigename",
            "quota": "Speicherplatz",
            "password": "Passwort",
            "forward_to": "Weiterleitung an",
            "keep_copy": "Kopie im Postfach behalten",
            "autoreply": "Abwesenheitsnotiz",
        },
    ),
    "alias": _german("ServerCon > Postfächer > Aliasse", {"targets": "Ziele"}),
    "ftp_account": _german(
        "ServerCon > FTP-Accounts",
        {"login": "Benutzername", "home": "Verzeichnis", "rights": "Rechte", "password": "Passwort"},
    ),
    "contact": _german(
        "Meine Daten > Ansprechpartner",
        {
            "name": "Name",
            "email": "E-Mail",
            "phone": "Telefon",
            "scope": "Intern oder extern",
            "may": "Berechtigungen",
            "packages": "Pakete",
        },
        "Ansprechpartner hinzufügen",
    ),
    "whitelist_entry": _german("Meine Daten > IP-Whitelist", {"address": "IP-Adresse"}, "IP-Adresse hinzufügen"),
    "notification": Words("Meine Daten > Mitteilungen", _EDIT_DE, {"channels": "Benachrichtigung per"}),
    "address": Words(
        "Meine Daten > Adressdaten",
        _EDIT_DE,
        {
            "salutation": "Anrede",
            "first_name": "Vorname",
            "last_name": "Nachname",
            "street": "Straße und Hausnummer",
            "additional": "Adresszusatz",
            "country": "Land",
            "postcode": "PLZ",
            "city": "Ort",
            "phone": "Telefon",
            "email": "E-Mail",
        },
    ),
    "billing": Words(
        "Meine Daten > Zahlungsdetails", _EDIT_DE, {"invoice": "Rechnungsversand", "pay": "Zahlungsweise"}
    ),
    "password": Words("Meine Daten > Passwörter", "Ändern", {"password": "Neues Passwort"}, names=_PASSWORDS_DE),
    "order": _request(
        "Bestellen",
        "Bestellen",
        {
            "domain": "Domain",
            "package": "Neues Paket",
            "tariff": "Tarifwechsel",
            "into": "Im Paket",
            "term": "Laufzeit",
        },
    ),
    "payment": _request(
        "Kundenkonto > Zahlung vornehmen",
        "Zahlung vornehmen",
        {"amount": "Betrag", "invoice": "Rechnungsnummer", "purpose": "Verwendungszweck"},
    ),
    "ownership_change": _request(
        "Meine Dokumente > Inhaberwechsel",
        "Inhaberwechsel beantragen",
        {"new_owner": "Neuer Inhaber", "address": "Anschrift", "effective": "Zum", "attachments": "Formular"},
    ),
    "data_processing_agreement": _request(
        "Meine Daten > Datenschutz",
        "Vereinbarung abschließen",
        {
            "data": "Art der Daten",
            "subjects": "Kreis der Betroffenen",
            "annex": "Stand der Anlage (TOM)",
            "signed_by": "Unterzeichnet von",
        },
    ),
    "support_request": _request(
        "Supportanfrage",
        "Anfrage stellen",
        {"subject": "Betreff", "text": "Nachricht", "about": "Betrifft", "attachments": "Anhänge"},
    ),
}

ENGLISH: Mapping[str, Words] = {
    "zone": _english(_DNS_EN, {}, "Add domain"),
    "record": _english(_DNS_EN, {"ttl": "TTL", "values": "Values", "options": "Options"}, "Add record"),
    "mail_domain": Words("ServerCon > Mailboxes > Domain", _EDIT_EN, {"catch_all": "Catch-all address"}),
    "mailbox": _english(
        _MAIL_EN,
        {
            "name": "Display name",
            "quota": "Storage",
            "password": "Password",
            "forward_to": "Forward to",
            "keep_copy": "Keep a copy in the mailbox",
            "autoreply": "Out-of-office reply",
        },
    ),
    "alias": _english("ServerCon > Mailboxes > Aliases", {"targets": "Targets"}),
    "ftp_account": _english(
        "ServerCon > FTP accounts",
        {"login": "User name", "home": "Folder", "rights": "Rights", "password": "Password"},
    ),
    "contact": _english(
        "My data > Contacts",
        {
            "name": "Name",
            "email": "E-mail",
            "phone": "Telephone",
            "scope": "Internal or external",
            "may": "Rights",
            "packages": "Packages",
        },
        "Add contact",
    ),
    "whitelist_entry": _english("My data > IP whitelist", {"address": "IP address"}, "Add IP address"),
    "notification": Words("My data > Notices", _EDIT_EN, {"channels": "Notify by"}),
    "address": Words(
        "My data > Address",
        _EDIT_EN,
        {
            "salutation": "Salutation",
            "first_name": "First name",
            "last_name": "Last name",
            "street": "Street and number",
            "additional": "Second line",
            "country": "Country",
            "postcode": "Postcode",
            "city": "Town",
            "phone": "Telephone",
            "email": "E-mail",
        },
    ),
    "billing": Words("My data > Payment details", _EDIT_EN, {"invoice": "Invoices", "pay": "Way of payment"}),
    "password": Words("My data > Passwords", "Change", {"password": "New password"}, names=_PASSWORDS_EN),
    "order": _request(
        "Order",
        "Order",
        {
            "domain": "Domain",
            "package": "New package",
            "tariff": "Change of tariff",
            "into": "In package",
            "term": "Term",
        },
    ),
    "payment": _request(
        "Account > Make a payment",
        "Make a payment",
        {"amount": "Amount", "invoice": "Invoice number", "purpose": "Purpose"},
    ),
    "ownership_change": _request(
        "My documents > Change of owner",
        "Apply for a change of owner",
        {"new_owner": "New owner", "address": "Address", "effective": "From", "attachments": "Form"},
    ),
    "data_processing_agreement": _request(
        "My data > Data protection",
        "Conclude the agreement",
        {
            "data": "Kinds of data",
            "subjects": "Data subjects",
            "annex": "Version of the annex (measures)",
            "signed_by": "Signed by",
        },
    ),
    "support_request": _request(
        "Support request",
        "Send a request",
        {"subject": "Subject", "text": "Message", "about": "About", "attachments": "Attachments"},
    ),
}

#: The words of each kind, by language.
WORDS: Mapping[str, Mapping[str, Words]] = {"de": GERMAN, "en": ENGLISH}
