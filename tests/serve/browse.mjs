// Opens pages of a server in headless Chromium with its own policy: node browse.mjs <browser> <folder of modules> <url>...
// Says for each: dialogs, scripts that ran or were refused, requests to other hosts, the title.
import { createRequire } from "node:module";
const [browserPath, modules, ...urls] = process.argv.slice(2);
const require = createRequire(modules + "/");
const { chromium } = require("playwright-core");
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: browserPath, args });
const context = await browser.newContext();
const found = [];
for (const url of urls) {
  const page = await context.newPage();
  const wrong = [];
  page.on("dialog", (dialog) => { wrong.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("pageerror", (error) => wrong.push(`error ${error}`));
  page.on("console", (message) => { if (/Content Security Policy|Refused/.test(message.text())) wrong.push(message.text()); });
  page.on("request", (request) => { if (new URL(request.url()).origin !== new URL(url).origin) wrong.push(`asks ${request.url()}`); });
  const answer = await page.goto(url, { waitUntil: "load" });
  const body = await page.evaluate(() => document.body.innerText);
  found.push({ url, status: answer.status(), wrong, title: await page.title(), text: body.slice(0, 20000) });
  await page.close();
}
// A person who asks a question: a link, a form, the table, the file.
const page = await context.newPage();
const steps = [];
const start = new URL(urls[0]).origin;
await page.goto(start + "/questions.html");
if (await page.locator('a[href="questions/partners-of-outcome.html"]').count()) {
  await page.click('a[href="questions/partners-of-outcome.html"]');
  await page.fill("input[name=outcome]", "3.1");
  await page.click("main button");
  await page.waitForLoadState("load");
  steps.push(page.url(), String(await page.locator("table.answer tbody tr").count()));
  await page.goto(start + "/sparql.html");
  await page.fill("textarea", "SELECT ?p { GRAPH ?p { ?s ?r ?o } } LIMIT 4");
  await page.click("main form.sparql button");
  await page.waitForLoadState("load");
  steps.push(String(await page.locator("table.answer tbody tr").count()));
  await page.goto(start + "/");
  await page.fill("input[name=q]", "GREEN");
  await page.click("main form.search button");
  await page.waitForLoadState("load");
  steps.push(String(await page.locator("#results li").count()));
  await page.goto(start + "/");
  await page.click("svg a >> nth=3");
  await page.waitForLoadState("load");
  steps.push(new URL(page.url()).pathname);
}
await browser.close();
console.log(JSON.stringify({ found, steps }));
