// Searches the names in search.json, in the visitor's browser. Without this script the alphabetical lists serve.
"use strict";

const form = document.getElementById("search");
const input = document.getElementById("q");
const results = document.getElementById("results");
const count = document.getElementById("count");
const { root, own, language, none, found } = form.dataset;
const most = 60;
let loaded = null;

const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

function load() {
  loaded ??= fetch(root + "search.json").then((answer) => answer.json()).then((names) => {
    for (const thing of names.things) {
      thing.push(Object.values(thing[2]).flat().map((name) => [fold(name), name]));
    }
    return names;
  });
  return loaded;
}

function rank(wanted, [folded]) {
  if (folded === wanted) return 0;
  if (folded.startsWith(wanted)) return 1;
  return folded.includes(wanted) ? 2 : 9;
}

async function search() {
  const wanted = fold(input.value);
  if (!wanted) {
    results.replaceChildren();
    count.textContent = "";
    return;
  }
  const { kinds, things } = await load();
  if (wanted !== fold(input.value)) return;
  const hits = [];
  for (const [stem, kind, names, forms] of things) {
    let best = 9;
    let name = "";
    for (const form of forms) {
      const here = rank(wanted, form);
      if (here < best) [best, name] = [here, form[1]];
    }
    if (best < 9) hits.push([best + (/\/\d[\d.]*$/.test(stem) ? 3 : 0), stem, kind, names, name]);
  }
  hits.sort((a, b) => a[0] - b[0] || a[4].length - b[4].length || (a[1] < b[1] ? -1 : 1));
  count.textContent = hits.length ? found.replace("{0}", hits.length) : none;
  results.replaceChildren(...hits.slice(0, most).map(([, stem, kind, names, name]) => {
    const [path, fragment] = stem.split("#");
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = own + path + ".html" + (fragment ? "#" + fragment : "");
    link.textContent = (names[language] || names.en || names.zh || [name])[0];
    const more = document.createElement("span");
    more.className = "quiet";
    more.textContent = " " + kinds[language][kind] + (link.textContent === name ? "" : " · ");
    item.append(link, more);
    if (link.textContent !== name) {
      const other = document.createElement("bdi");
      other.textContent = name;
      more.append(other);
    }
    return item;
  }));
}

input.addEventListener("input", search);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  history.replaceState(null, "", "?q=" + encodeURIComponent(input.value));
  search();
});
const initial = new URLSearchParams(location.search).get("q");
if (initial) {
  input.value = initial;
  search();
}
