"use strict";
// Searches the words of all opinions. The index and the texts are scripts beside this page, each of which
// assigns one entry of `arguendo` and is loaded when it is needed. Only sets text; never makes markup
// from strings.
window.arguendo = {};
(() => {
  const BATCH = 20; // opinions
  const SNIPPETS = 3; // of an opinion
  const AROUND = 14; // words on each side of a hit
  const form = document.getElementById("search");
  const found = document.getElementById("found");
  const list = document.getElementById("results");
  const more = document.getElementById("more");
  const files = new Map();
  let turn = 0; // what comes late for an earlier search is dropped
  let results = [];

  function load(name) {
    if (!files.has(name)) {
      files.set(name, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = `search/${name}.js`;
        script.addEventListener("load", () => resolve(window.arguendo[name]));
        script.addEventListener("error", () => {
          files.delete(name);
          reject(new Error(`search/${name}.js cannot be loaded`));
        });
        document.head.append(script);
      }));
    }
    return files.get(name);
  }

  // --- words, as `arguendo.search` has them ---

  const words = (text) => [...text.matchAll(/[\p{L}\p{N}]+/gu)];
  const fold = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  // What is searched for: phrases, each a list of words. "12(b)(6)" is a phrase without its quotation marks.
  function phrases(query) {
    const parts = [...query.matchAll(/["“”]([^"“”]*)["“”]?|[^\s"“”]+/g)];
    return parts.map((part) => words(part[1] ?? part[0]).map((word) => fold(word[0]))).filter((part) => part.length);
  }

  // --- the index ---

  // Opinion → places of a word among the words of its text.
  async function places(word) {
    const { firsts } = await load("index");
    let low = 0;
    let high = firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (firsts[middle] <= word) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return new Map();
    const piece = await load(`words-${low - 1}`);
    return Object.hasOwn(piece, word) ? decoded(piece[word]) : new Map();
  }

  function decoded(postings) {
    const at = new Map();
    let opinion = 0;
    for (const entry of postings.split(";")) {
      const [first, ...differences] = entry.split(" ").map((number) => parseInt(number, 36));
      let place = 0;
      opinion += first;
      at.set(opinion, differences.map((difference) => (place += difference)));
    }
    return at;
  }

  // Opinion → places at which a phrase begins.
  async function starts(phrase) {
    const [first, ...others] = await Promise.all(phrase.map(places));
    for (const [opinion, at] of first) {
      const kept = others.reduce((left, other, n) => {
        const there = new Set(other.get(opinion));
        return left.filter((place) => there.has(place + n + 1));
      }, at);
      if (kept.length) first.set(opinion, kept);
      else first.delete(opinion);
    }
    return first;
  }

  // The opinions in which every phrase stands, those with most hits first. Hits of the phrases take turns, the
  // rarest phrase first, so that the first snippets show each.
  async function search(asked) {
    const all = await Promise.all(asked.map(starts));
    const both = [];
    for (const opinion of all[0].keys()) {
      if (!all.every((at) => at.has(opinion))) continue;
      const at = asked.map((phrase, n) => all[n].get(opinion).map((start) => ({ start, end: start + phrase.length })));
      at.sort((a, b) => a.length - b.length);
      const most = Math.max(...at.map((hits) => hits.length));
      const hits = Array.from({ length: most }, (_, n) => at.flatMap((each) => each[n] ?? [])).flat();
      both.push({ opinion, hits });
    }
    return both.sort((a, b) => b.hits.length - a.hits.length || a.opinion - b.opinion);
  }

  // --- the page ---

  function element(name, content, properties = {}) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...[content].flat());
    return made;
  }

  // Stretches of words around the first hits; those that touch are one.
  function stretches(hits, count) {
    const chosen = [];
    for (const { start: first, end } of hits) {
      if (chosen.length === SNIPPETS) break;
      if (chosen.some((each) => each.start <= first && end <= each.end)) continue;
      chosen.push({ first, start: Math.max(0, first - AROUND), end: Math.min(count, end + AROUND) });
    }
    const apart = [];
    for (const each of chosen.sort((a, b) => a.first - b.first)) {
      const last = apart.at(-1);
      if (last && each.start <= last.end) last.end = Math.max(last.end, each.end);
      else apart.push(each);
    }
    return apart;
  }

  function snippet({ start, end }, text, at, hits) {
    const parts = [];
    const begin = (word) => at[word].index;
    const finish = (word) => at[word].index + at[word][0].length;
    let done = begin(start);
    if (start > 0) parts.push("… ");
    for (const hit of [...hits].sort((a, b) => a.start - b.start)) {
      if (hit.end <= start || hit.start >= end) continue;
      const from = Math.max(done, begin(Math.max(hit.start, start)));
      const to = finish(Math.min(hit.end, end) - 1);
      if (to <= from) continue;
      parts.push(text.slice(done, from), element("mark", text.slice(from, to)));
      done = to;
    }
    parts.push(text.slice(done, finish(end - 1)));
    if (end < at.length) parts.push(" …");
    return parts;
  }

  async function item({ opinion, hits }) {
    const [{ opinions }, { text, blocks }] = await Promise.all([load("index"), load(`text-${opinion}`)]);
    const { page, name, facts, note } = opinions[opinion];
    const at = words(text);
    const title = [element("a", element("bdi", name), { href: page })];
    if (note) title.push(" ", element("span", note, { className: "moot" }));
    const count = `${hits.length.toLocaleString("en")} ${hits.length === 1 ? "hit" : "hits"}`;
    const shown = stretches(hits, at.length).map((stretch) => {
      const block = blocks.findLastIndex((first) => first <= stretch.first);
      return element("li", element("a", snippet(stretch, text, at, hits), { href: `${page}#block-${block}` }));
    });
    return element("li", [
      element("h2", title),
      element("p", `${facts} · ${count}`, { className: "hint" }),
      element("ul", shown, { className: "snippets" }),
    ]);
  }

  function summary() {
    if (!results.length) return "Nothing found.";
    const hits = results.reduce((sum, result) => sum + result.hits.length, 0);
    const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
    return `${counted(hits, "hit")} in ${counted(results.length, "opinion")}`;
  }

  async function show() {
    const own = turn;
    const items = await Promise.all(results.slice(list.children.length, list.children.length + BATCH).map(item));
    if (own !== turn) return null;
    list.append(...items);
    more.hidden = list.children.length === results.length;
    return items[0];
  }

  async function run() {
    if (document.getElementById(location.hash.slice(1))) return; // a place on the page, not a query
    const query = new URLSearchParams(location.hash.slice(1)).get("q") ?? "";
    const asked = phrases(query);
    const own = (turn += 1);
    form.elements.q.value = query;
    more.hidden = true;
    list.replaceChildren();
    found.textContent = asked.length ? "Searching …" : "";
    if (!asked.length) return;
    const all = await search(asked);
    if (own !== turn) return;
    results = all;
    await show();
    if (own === turn) found.textContent = summary();
  }

  function fail(error) {
    found.textContent = `${error.message}: the site is not whole. Make it again: arguendo site`;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = `#${new URLSearchParams({ q: form.elements.q.value })}`;
    if (asked === location.hash) run().catch(fail);
    else location.hash = asked;
  });
  more.addEventListener("click", () => show().then((first) => first?.querySelector("a").focus()).catch(fail));
  addEventListener("hashchange", () => run().catch(fail));
  run().catch(fail);
})();
