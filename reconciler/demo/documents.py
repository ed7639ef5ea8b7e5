"""The company's documents: terms, price lists, forms, the agreement on data processing with its annex, the manual."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from reconciler.demo import papers
from reconciler.demo.tariffs import PRICE_LISTS, prices
from reconciler.facts.document import Document


class Paper(NamedTuple):
    """A document, without what its file tells, and the file."""

    document: Document
    file: bytes


def documents() -> Iterator[Paper]:
    """Yield every document with its PDF."""
    for day in PRICE_LISTS:
        yield _price_list(day)
    for name, title, sort, version, day, paragraphs in _TEXTS:
        about = Document(id=name, title=title, sort=sort, version=version, date=day)
        yield Paper(about, papers.text(f"{title} (Fassung {version})", day, paragraphs))


def _price_list(day: date) -> Paper:
    title = f"Preisliste ab {day:%d.%m.%Y}"
    listed = [price for price in prices() if price.since == day]
    head = ("Alle Preise in EUR ohne Umsatzsteuer.", f"Umsatzsteuer: {listed[0].rate:.0f} %")
    rows = [(price.item, price.period, f"{price.net.amount}") for price in listed]
    file = papers.letter(title, day, head, [("Leistung", "je", "netto"), *rows, ("", "", "")], (90, 40, 40))
    return Paper(Document(id=f"preisliste-{day}", title=title, sort="price_list", version=f"{day:%Y}", date=day), file)


_FORM = ("Name und Anschrift des Kunden", "Kundennummer", "Ort, Datum und Unterschrift")
_TEXTS = (
    (
        *("agb", "Allgemeine Geschäftsbedingungen", "terms", "2026-01", date(2026, 1, 1)),
        (
            "Diese Bedingungen gelten für alle Leistungen des Anbieters, die es nicht gibt.",
            "Die Preise ergeben sich aus der Preisliste, die am Tag der Bestellung gilt.",
            "Rechnungen werden 30 Tage nach ihrem Datum fällig.",
        ),
    ),
    (
        *("av-vertrag", "Vertrag zur Auftragsverarbeitung", "agreement", "3.1", date(2025, 5, 15)),
        (
            "Der Anbieter verarbeitet personenbezogene Daten im Auftrag des Kunden (Art. 28 DSGVO).",
            "Arten der Daten und Kreise der Betroffenen nennt der Kunde.",
            "Die technischen und organisatorischen Maßnahmen stehen in der Anlage.",
        ),
    ),
    (
        *("av-anlage-tom", "Anlage: technische und organisatorische Maßnahmen", "annex", "2026-02"),
        date(2026, 2, 1),
        ("Zutritt zum Rechenzentrum haben nur Berechtigte.", "Übertragung und Sicherungen sind verschlüsselt."),
    ),
    (*("formular-inhaberwechsel", "Formular Inhaberwechsel", "form", "2"), date(2024, 3, 1), (*_FORM, "Neuer Inhaber")),
    (*("formular-sepa", "Formular SEPA-Lastschriftmandat", "form", "4"), date(2024, 3, 1), (*_FORM, "IBAN")),
    (*("formular-kuendigung", "Formular Kündigung", "form", "2"), date(2024, 3, 1), (*_FORM, "Zum Datum")),
    (
        *("handbuch", "Handbuch zum Kundenbereich", "manual", "12", date(2026, 6, 1)),
        ("Melden Sie sich mit Kundennummer und Passwort an.", "Unter »Meine Dokumente« liegt diese Datei."),
    ),
)
