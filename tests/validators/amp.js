// Reads {name: AMP document} as JSON, writes {name: [what is wrong with it]}. Asks nobody.
"use strict";
const path = require("node:path");
const found = path.dirname(require.resolve("next/dist/compiled/amphtml-validator"));
const { getInstance } = require(found);

async function main() {
  const documents = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const validator = await getInstance(path.join(found, "validator_wasm.js"));
  const wrong = {};
  for (const [name, text] of Object.entries(documents)) {
    const { status, errors } = validator.validateString(text);
    wrong[name] = errors.map((e) => `${e.severity} ${e.line}:${e.col} ${e.message}`);
    if (status !== "PASS" && errors.length === 0) wrong[name].push(status);
  }
  process.stdout.write(JSON.stringify(wrong));
}

main();
