"use strict";
// Adds filters and the panel to a page that can be read without them. Only moves nodes that are
// there and sets text; never makes markup from strings.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const panel = document.getElementById("details");
  const list = panel.querySelector(".list");
  const title = panel.querySelector("h2");
  const filter = panel.querySelector(".filter");
  const marks = all("mark");
  const cards = new Map(all("#spans .card").map((card) => [card.dataset.span, card]));
  let from = null;

  const narrow = () => getComputedStyle(panel).position === "fixed";

  // The innermost of the spans first, as `data-spans` has them.
  function show(names, opener) {
    const found = names.filter((name) => cards.has(name));
    if (!found.length) return;
    list.replaceChildren(...found.map((name) => {
      const copy = cards.get(name).cloneNode(true);
      copy.removeAttribute("id");
      return copy;
    }));
    panel.querySelector(":scope > .hint").hidden = true;
    title.textContent = found.length > 1 ? `Details: ${found.length} spans here` : "Details";
    for (const mark of marks) mark.classList.toggle("chosen", mark.dataset.spans.split(" ").includes(found[0]));
    from = opener ?? from;
    document.body.classList.add("open");
    panel.scrollTop = 0;
  }

  function close() {
    document.body.classList.remove("open");
    list.replaceChildren();
    panel.querySelector(":scope > .hint").hidden = false;
    title.textContent = "Details";
    for (const mark of marks) mark.classList.remove("chosen");
    if (from?.isConnected) from.focus();
    from = null;
  }

  function jump(name) {
    const handle = document.getElementById(`at-${name}`);
    if (!handle) return;
    show([name], handle);
    // With the panel over the lower half, the middle of what is left.
    handle.scrollIntoView({ block: narrow() ? "start" : "center" });
    handle.focus({ preventScroll: true });
  }

  function only(issue, name) {
    const chosen = new Set();
    for (const [span, card] of cards) if (card.dataset.issues.split(" ").includes(issue)) chosen.add(span);
    for (const mark of marks) {
      mark.classList.toggle("dim", issue !== null && !mark.dataset.spans.split(" ").some((span) => chosen.has(span)));
    }
    for (const handle of all(".handle")) handle.hidden = issue !== null && !chosen.has(handle.dataset.span);
    for (const link of all("[data-issue]")) {
      if (link.dataset.issue === issue) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    filter.hidden = issue === null;
    filter.querySelector("b").textContent = name ?? "";
    if (issue === null) return;
    const first = all(".handle").find((handle) => chosen.has(handle.dataset.span));
    if (first) first.scrollIntoView({ block: "center" });
    if (narrow()) document.body.classList.add("open");
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-jump], [data-issue], .handle, .close, .filter button, mark");
    if (!target) return;
    if (target.matches(".close")) close();
    else if (target.matches(".filter button")) only(null);
    else if (target.dataset.jump) { event.preventDefault(); jump(target.dataset.jump); }
    else if (target.dataset.issue) {
      event.preventDefault();
      const again = target.getAttribute("aria-current");
      only(again ? null : target.dataset.issue, target.textContent);
    } else if (target.matches(".handle")) { event.preventDefault(); show([target.dataset.span], target); }
    else if (!String(getSelection())) {
      const visible = target.dataset.spans.split(" ").filter((name) => !document.body.classList.contains(`off-${cards.get(name)?.dataset.label}`));
      show(visible);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === " " && event.target.matches(".handle, [data-jump], [data-issue]")) {
      event.preventDefault();
      event.target.click();
    }
  });

  for (const box of all(".toggles input")) {
    const apply = () => document.body.classList.toggle(`off-${box.value}`, !box.checked);
    box.addEventListener("change", apply);
    apply();
  }
  if (innerWidth < 700) for (const folding of all("nav details")) folding.open = false;
})();
