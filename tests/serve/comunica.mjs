// Comunica as a client: node comunica.mjs <folder of modules> <endpoint> <query>; writes its rows or triples as JSON.
import { createRequire } from "node:module";
const [modules, endpoint, query] = process.argv.slice(2);
const require = createRequire(modules + "/");
const { QueryEngine } = require("@comunica/query-sparql");
const result = await new QueryEngine().query(query, { sources: [{ type: "sparql", value: endpoint }] });
let found;
if (result.resultType === "boolean") found = await result.execute();
else if (result.resultType === "bindings") found = (await (await result.execute()).toArray()).map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value])));
else found = (await (await result.execute()).toArray()).map((quad) => [quad.subject.value, quad.predicate.value, quad.object.value]);
console.log(JSON.stringify(found));
