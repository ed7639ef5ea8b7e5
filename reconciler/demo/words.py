"""The words that the Musterfirma is made of: names of people, of domains, of machines and of departments."""

FIRST_NAMES = (
    *("Erika", "Max", "Anna", "Ben", "Clara", "David", "Emil", "Frieda", "Georg", "Hanna", "Ida", "Jonas", "Karla"),
    *("Leon", "Mia", "Noah", "Olga", "Paul", "Rosa", "Simon", "Theo", "Ute", "Vera", "Wim", "Yara", "Zoe"),
)
LAST_NAMES = (
    *("Mustermann", "Muster", "Beispiel", "Albrecht", "Bauer", "Conrad", "Dietrich", "Engel", "Fischer", "Graf"),
    *("Hartmann", "Iversen", "Jansen", "Keller", "Lorenz", "Maurer", "Neumann", "Otto", "Peters", "Quast", "Richter"),
    *("Schuster", "Thiel", "Ulrich", "Vogel", "Wagner", "Zimmer"),
)
#: What domains are put together from.
FIRST_PARTS = (
    *("muster", "beispiel", "garten", "holz", "wasser", "licht", "stadt", "wald", "berg", "ufer", "wind", "klang"),
    *("farben", "papier", "stein", "kaffee", "brot", "leder", "glas", "ton", "uhren", "rad", "segel", "tee", "honig"),
    *("blumen", "moebel", "druck", "foto", "reise", "sprach", "kinder", "bau", "dach", "keller", "kuechen", "bad"),
    *("heiz", "solar", "strom", "lager", "fracht", "post", "kunst", "musik", "buch", "spiel"),
)
SECOND_PARTS = (
    *("haus", "laden", "technik", "werk", "service", "welt", "studio", "handel", "kontor", "werkstatt", "manufaktur"),
    *("partner", "zentrum", "markt", "atelier", "hof", "garage", "fabrik", "schmiede", "bude", "ecke", "team", "netz"),
    *("labor", "akademie", "agentur", "planung", "beratung", "montage", "verleih", "versand", "galerie", "halle"),
    *("insel", "profis", "freunde", "ideen", "projekte", "systeme", "boerse", "forum", "quelle", "post"),
)
DEPARTMENTS = ("vertrieb", "support", "bewerbung", "presse", "einkauf", "buchhaltung", "datenschutz", "empfang")
MACHINES = (
    *("shop", "intranet", "cloud", "wiki", "git", "status", "api", "cdn", "blog", "crm", "ticket", "vpn", "monitor"),
    *("backup", "test", "static", "media", "kalender", "chat", "lager"),
)
