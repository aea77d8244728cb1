"use strict";
// Filters the table of opinions. What is chosen stands in the address, so that it can be kept and shared.
(() => {
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const rows = [...document.querySelectorAll("tbody tr")];
  const controls = [...form.elements].filter((control) => control.name);

  const fits = (row, control) => control.value === ""
    || (control.type === "number" ? +row.dataset[control.name] >= +control.value
      : row.dataset[control.name] === control.value);

  function filter() {
    const set = controls.filter((control) => control.value !== "");
    let count = 0;
    for (const row of rows) {
      row.hidden = !set.every((control) => fits(row, control));
      count += !row.hidden;
    }
    shown.textContent = `${count} of ${rows.length} opinions`;
    return set;
  }

  function read() {
    if (document.getElementById(location.hash.slice(1))) return; // a place on the page, not a choice
    const chosen = new URLSearchParams(location.hash.slice(1));
    for (const control of controls) {
      control.value = chosen.get(control.name) ?? "";
      if (control.selectedIndex === -1) control.value = "";
    }
    filter();
  }

  form.addEventListener("input", () => {
    const chosen = new URLSearchParams(filter().map((control) => [control.name, control.value]));
    history.replaceState(null, "", `#${chosen}`);
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    history.replaceState(null, "", "#");
    read();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", read);
  form.hidden = false;
  read();
})();
