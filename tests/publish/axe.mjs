// Runs axe-core (WCAG 2.2 A and AA) over pages in headless Chromium: node axe.mjs <browser> <folder of modules> <dark|light> <width> <url>...
import { createRequire } from "node:module";
const [browserPath, modules, scheme, width, ...urls] = process.argv.slice(2);
const require = createRequire(modules + "/");
const { chromium } = require("playwright-core");
const source = require("axe-core").source;
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
const context = await browser.newContext({ colorScheme: scheme, viewport: { width: Number(width), height: 900 }, bypassCSP: true });
const found = [];
for (const url of urls) {
  const page = await context.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("requestfailed", (request) => wrong.push(`no ${request.url()}`));
  page.on("request", (request) => { if (new URL(request.url()).origin !== new URL(url).origin) wrong.push(`asks ${request.url()}`); });
  await page.goto(url, { waitUntil: "load" });
  await page.evaluate(source);
  const result = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const one of result.violations) wrong.push(`${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + " | " + (node.failureSummary || "").replace(/\s+/g, " ").slice(0, 200)).join(" || ")}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) wrong.push(`${wide} pixels too wide`);
  found.push([url, wrong]);
  await page.close();
}
await browser.close();
console.log(JSON.stringify(found));
