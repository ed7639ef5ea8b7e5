"""The codes of what can be wrong with a configuration: a constant summary each, and why the rule exists."""

from collections.abc import Mapping

from reconciler.model.code import Code

CODES: Mapping[str, Code] = {
    # Files
    "no-account-file": Code(
        "There is no account.yaml here.",
        "One folder is one account, and its `account.yaml` says which. `reconciler init` writes one; `-C DIR` names "
        "another folder.",
    ),
    "wrong-suffix": Code(
        "A YAML file has the wrong suffix.",
        "Only files that end in `.yaml` are read. A renamed file would vanish silently, and with it what it declares, "
        "so `.yml` and other spellings are errors. Rename the file, or name it under `exclude:` in account.yaml.",
    ),
    "symbolic-link": Code(
        "Symbolic links are refused.",
        "A link can point outside the account folder, so that what was reviewed isn't what is read. Put the file "
        "itself there, or name the link under `exclude:` in account.yaml.",
    ),
    "submodule": Code(
        "Submodules and repositories inside the folder are refused.",
        "What a submodule holds isn't part of the commit that was reviewed. Put the files themselves there, or name "
        "the folder under `exclude:` in account.yaml.",
    ),
    "special-file": Code(
        "Only regular files can be read.", "A pipe, socket or device below the account folder is never opened."
    ),
    "unreadable-file": Code("A file can't be read.", "The operating system refuses to open the file."),
    "file-too-large": Code(
        "A file is too large.",
        "An ordinary file may have 1 MiB, a zone file 64 MiB. Larger input is refused, so that a mistake can't exhaust "
        "the machine.",
    ),
    "attachment-missing": Code(
        "An attachment isn't a file of the account folder.",
        "What goes with a request is a file of the account folder, so that it is reviewed with the request and stands "
        "in its history. Links, submodules, hidden files and what lies outside the folder are never sent.",
    ),
    "attachment-too-large": Code(
        "An attachment is too large.",
        "A file that goes with a request may have 10 MiB, all files of one request together 20 MiB.",
    ),
    "same-account": Code(
        "Two folders declare the same account.",
        "One account has one folder. With two, each would delete what only the other declares.",
    ),
    "other-file": Code(
        "A file in the zone folder is not a zone.",
        "Zones are files named `ZONE.yaml`, or `ZONE.zone` for master files. Anything else in the folder isn't read, "
        "and might be a zone whose name was mistyped. `dns: {exclude: [GLOB]}` says that it lies there on purpose.",
    ),
    "too-many-errors": Code(
        "Too many errors to list.", "Only the first 500 errors of each file are listed. Mend those first."
    ),
    # Text
    "byte-order-mark": Code(
        "The file begins with a byte-order mark.", "Files are UTF-8 without a mark. Save the file without it."
    ),
    "invalid-utf-8": Code("The file is not UTF-8.", "Every file is read as UTF-8. Save the file in that encoding."),
    "control-character": Code(
        "The text holds a control character.",
        "Control characters other than tab and line break have no place in a configuration and confuse terminals.",
    ),
    "invisible-character": Code(
        "The text holds an invisible or direction-changing character.",
        "Zero-width and bidirectional characters make text look different from what it is, so that a reviewer approves "
        "something else. Delete them; in domain names write A-labels.",
    ),
    # YAML
    "yaml-syntax": Code(
        "This is not valid YAML.", "The file can't be read beyond this place; other files were still checked."
    ),
    "tag": Code(
        "YAML tags are refused.",
        "The schema of a field decides its type, never the way it is written. Delete the tag (`!...`).",
    ),
    "include": Code(
        "There is no !include.",
        "Every `.yaml` file below the account folder is read, and sections may be spread over files, so nothing needs "
        "including. Move the text into a file of its own.",
    ),
    "merge-key": Code(
        "Merge keys are refused.",
        "`<<` hides which values a resource has. Write them out, or use an alias for a whole value.",
    ),
    "second-document": Code(
        "A file holds one document.",
        "What follows `---` in the middle of a file is easily overlooked. Put it into a file of its own.",
    ),
    "duplicate-key": Code(
        "A key stands twice in one mapping.", "YAML readers silently keep one of the two. Delete or rename one."
    ),
    "wrong-key": Code("A key must be text.", "A mapping or a list can't be a key here."),
    "null-value": Code(
        "A value is empty.",
        "An empty value, `~` or `null` may mean 'nothing' or 'not managed'. Write `{}` or `[]` for managed and empty, "
        "or delete the key to leave the thing unmanaged.",
    ),
    "unknown-anchor": Code("An alias has no anchor.", "`*name` repeats what `&name` marked earlier in the same file."),
    "too-many-nodes": Code(
        "The file holds too much.",
        "After aliases are expanded a file may hold 200,000 keys and values, a zone file 5,000,000.",
    ),
    "too-deep": Code("The file is nested too deeply.", "Mappings and lists may be nested 50 deep."),
    "scalar-too-long": Code("A text is too long.", "A single key or value may have 64 KiB."),
    # Structure
    "reference-twice": Code(
        "Two requests have the same reference.",
        "The key below `requests:` is how the company and the record know a request. It is used once, whatever is "
        "asked for under it. Write each thing that is asked for under a reference of its own.",
    ),
    "unknown-key": Code(
        "This key doesn't exist.",
        "Unknown keys are errors at every depth, because a mistyped key would otherwise do nothing silently.",
    ),
    "missing-key": Code("A key is missing.", "The key has no default, so it must be written."),
    "wrong-type": Code("A value has the wrong type.", "The schema of a field says what may stand there."),
    "wrong-value": Code("A value can't be accepted.", "The value has the right type, but breaks a rule of the field."),
    "wrong-file": Code(
        "This key belongs into account.yaml.",
        "`version`, `account`, `providers`, `policy`, `dns`, `record` and `exclude` may stand in account.yaml only, so "
        "that one file says how the account is handled.",
    ),
    "unsupported-provider": Code(
        "This provider doesn't exist.", "`providers:` names the outside that holds the account, by its type."
    ),
    "literal-secret": Code(
        "A secret is written in the file.",
        "Secrets never stand in git, only where they lie: `{secret: env/NAME, version: 1}`. A secret that was "
        "committed counts as known and should be changed.",
    ),
    "duplicate-address": Code(
        "The same thing is declared twice.",
        "Each resource is declared in one place. Names are compared in canonical form: domains without regard to case, "
        "U-label as A-label.",
    ),
    "unknown-kind": Code("This kind of resource doesn't exist.", "An address begins with the kind of the resource."),
    "removed-but-declared": Code(
        "Something is both removed and declared.",
        "What is declared stays, so the entry under `removed:` does nothing. Delete one of the two.",
    ),
    "removed-fixed": Code(
        "What the account always has can't be removed.",
        "Mail domains, notifications and the like are always there. Without a declaration they are let go of and keep "
        "their value; `keep: true` says the same in words.",
    ),
    "renamed-but-declared": Code(
        "A resource is declared under the name that it had before.",
        "`previously: NAME` says that a resource was declared under NAME until now, so NAME itself can't be declared "
        "too. Two that change places are renamed in steps, through a third name, each of them applied.",
    ),
    "renamed-twice": Code(
        "Two resources name the same earlier one.",
        "`previously: NAME` says what became of NAME, and that can be one resource only.",
    ),
    # Variables
    "undefined-variable": Code("A variable isn't defined.", "`vars:` in any file defines variables of the account."),
    "duplicate-variable": Code("A variable is defined twice.", "A variable has one value in the whole account."),
    "misplaced-template": Code(
        "A template can't stand here.",
        "`{{ vars.NAME }}` is replaced in string values only: never in keys, names of secrets, `providers`, `policy` "
        "and the other settings of account.yaml, nor in the values of `vars:` themselves.",
    ),
    "wrong-template": Code(
        "A template can't be understood.",
        "A template is `{{ vars.NAME }}`, with Jinja's filters after `|` where wanted. Statements, calls and sums "
        "are refused. Literal braces are written as `{{ '{{' }}`.",
    ),
    "in-force-after-merge": Code(
        "A setting is changed, and in force after the merge.",
        "`account`, `providers`, `policy`, `record` and `dns` come from the trusted ref. What a branch changes there "
        "rules nothing before it is merged; it needs no seal of its own, and approvals given before are stale then.",
    ),
    # Zones
    "zone-without-file": Code(
        "A zone has no file.",
        "`zones:` only adds options; a zone is declared by its file. Otherwise a renamed file would delete a zone.",
    ),
    "zone-with-file": Code("A zone without records has a file.", "`records: none` says that there is no file."),
    "empty-zone-file": Code(
        "A zone file holds no records.", "The zone is managed and empty. `{}` in the file says that this is meant."
    ),
    "missing-dot": Code(
        "A target has no trailing dot.",
        "Some tools read such a name as relative to the zone, some as absolute. End it with a dot; `lenient: true` "
        "for the zone takes it as absolute, as octoDNS does.",
    ),
    "value-and-values": Code(
        "A record set has both `value` and `values`.", "octoDNS silently drops one of the two. Keep `values`."
    ),
    "unknown-type": Code("This record type doesn't exist.", "Types are written in capitals, such as `A` or `CNAME`."),
    "below-managed-zone": Code(
        "A record belongs into another zone of the account.",
        "At and below a zone that is itself managed only NS and DS at the cut are answered from this zone. With "
        "`lenient: true` it is a warning, and the record is kept, as octoDNS does.",
    ),
    "option-without-effect": Code(
        "An option of a zone has no effect.",
        "The option is about octoDNS's YAML, and the zone has a master file, whose format leaves nothing open there.",
    ),
    "soa-record": Code("The SOA record is never managed.", "The name server keeps the SOA record itself."),
    "cname-beside-others": Code(
        "A CNAME stands beside other records.",
        "A name with a CNAME holds nothing else (RFC 1034, section 3.6.2); name servers refuse it.",
    ),
    # Master files
    "master-syntax": Code(
        "A line of a master file can't be understood.",
        "A line holds a name (or begins with a space, and has the name of the line before), optionally TTL and class, "
        "a type and its data; parentheses join lines (RFC 1035, section 5.1).",
    ),
    "master-directive": Code(
        "This directive is refused.",
        "`$ORIGIN`, `$TTL` and `$GENERATE` are understood. `$INCLUDE` would read a file that isn't the account's.",
    ),
    "too-many-generated": Code(
        "A file generates too many records.",
        "All `$GENERATE` of a file together may stand for 65,536 records, so that a mistyped range fails fast.",
    ),
    "wrong-class": Code("This class isn't managed.", "Zones hold records of class IN (Internet) only."),
    "out-of-zone": Code(
        "A record belongs to another zone.",
        "A zone's file holds names at and below the zone. Name servers skip others with a warning, so that they look "
        "declared and are nowhere. A name without a trailing dot is relative to the last `$ORIGIN`.",
    ),
    "different-ttls": Code(
        "The records of one record set have different TTLs.",
        "A record set has one TTL (RFC 2181, section 5.2). Which one counts is what BIND takes: the first of records "
        "that follow each other, the last of those that don't. Write the same everywhere.",
    ),
    "doubled-zone": Code(
        "A name ends with the zone's name twice.",
        "In a master file a name without a trailing dot is relative: `mail.example.org` in example.org stands for "
        "`mail.example.org.example.org.`. End the name with a dot, or leave the zone's name out.",
    ),
    # Presets
    "unknown-preset": Code(
        "This preset doesn't exist.",
        "`use:` of a zone names presets: `NAME`, which means version 1 for ever, or `NAME@VERSION`. `docs/presets.md` "
        "lists them.",
    ),
    "preset-conflict": Code(
        "A preset and something else exclude each other.",
        "A record set that a preset gives may also stand in the zone's file or in another preset only with the same "
        "values, except that CAA and the TXT values of the apex are put together and SPF records become one. `no-mail` "
        "excludes every preset for mail, and a zone uses a preset once.",
    ),
    "wrong-spf": Code(
        "The zone's SPF record can't be merged with those of its presets.",
        "A zone has one SPF record. What its file says stands first in it, then come the presets' senders, then `all`. "
        "`redirect=`, what stands behind `all`, and a second record would mean something else after that.",
    ),
    "spf-lookups": Code(
        "The SPF record needs too many DNS look-ups.",
        "Receivers stop with an error after ten (RFC 7208, section 4.6.4), and then nobody may send. `a`, `mx`, `ptr`, "
        "`exists` and `include` cost one each; of the presets' senders those below an `include` are counted too.",
    ),
    # octoDNS
    "octodns-config": Code(
        "octoDNS's configuration can't be understood.",
        "`import octodns` reads `providers` and `zones` as octoDNS does. What it can't do itself, it can't import.",
    ),
    "unsafe-path": Code(
        "A path leads outside of the folder.",
        "Only files below the folder are read, and never through a symbolic link, so that an import can't copy a file "
        "that nobody meant.",
    ),
    # Secrets
    "secret-missing": Code(
        "A secret is missing.", "The environment variable, the file, or the key in the age file doesn't exist."
    ),
    "secret-empty": Code("A secret is empty.", "An empty secret would set an empty password."),
    "secret-unfit": Code(
        "A secret can't be what it is used for.",
        "Where a secret has a form, such as an IBAN with its check digits, it is checked before anything is written. "
        "What it says is never shown.",
    ),
    "secret-unreadable": Code(
        "A secret can't be read.",
        "A secret is at most 64 KiB of UTF-8 text without NUL. An age file has at most 1 MiB, and no symbolic link "
        "leads to it.",
    ),
    "age-identity-missing": Code(
        "There is no identity to decrypt with.",
        "Secrets in an age file are decrypted with the identity in the environment variable RECONCILER_AGE_IDENTITY, "
        "or in the file that RECONCILER_AGE_IDENTITY_FILE names.",
    ),
    "age-identity-unusable": Code(
        "The age identity can't be used.",
        "An identity is what `age-keygen` writes, or an ssh-ed25519 key without a passphrase. Only one of the two "
        "variables that give it may be set. No message ever shows what stands in them.",
    ),
    "age-identity-wrong": Code(
        "The age identity is not one of the recipients.",
        "An age file can be decrypted by those only who were listed beside it when it was last encrypted.",
    ),
    "age-file-damaged": Code(
        "An age file can't be read.",
        "It is encrypted text that `reconciler secret` writes, and every byte of it is proven when it is decrypted.",
    ),
    "age-file-misplaced": Code(
        "An age file belongs elsewhere.",
        "What is encrypted names its account and its path, so that no file can be copied over another and hand "
        "one account the secrets of another. To rename a file, set its secrets again under the new name.",
    ),
    "age-recipients-missing": Code(
        "Nobody is named who may decrypt.",
        "Beside FILE.age lies FILE.age.recipients, with one public key per line: `age1...` or `ssh-ed25519 ...`, as "
        "`age -R` reads them. Who is listed can decrypt the file from the next time it is encrypted.",
    ),
    "age-recipient-unusable": Code(
        "A recipient can't be used.",
        "A recipient is a public key: `age1...` as `age-keygen` shows it, or `ssh-ed25519 ...`. Anything else in the "
        "list might be a mistyped key, so nothing is encrypted before it is mended.",
    ),
}
