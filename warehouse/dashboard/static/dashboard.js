// Submits a choice when it is made, draws charts and hides their series, and marks a word pair in every matrix of the page.
"use strict";

document.documentElement.classList.add("js");

const root = document.documentElement;
const views = new Map();
const hiddenIn = (section) =>
  [...section.querySelectorAll('.legend button[aria-pressed="false"]')].map((button) => button.dataset.series);

async function draw(place, spec, embed) {
  spec.params[0].value = hiddenIn(place.closest("section"));
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  // `ast` interprets expressions, so that the page needs no leave to make code of text
  const options = { ast: true, actions: false, renderer: "svg", tooltip: { theme: isDark ? "dark" : "light" } };
  const { view } = await embed(place, spec, options);
  view.addEventListener("click", (event, item) => {
    const { link, run } = item?.datum ?? {};
    if (link) location.assign(link);
    else if (run) location.assign(`/run?run=${encodeURIComponent(run.split(",")[0])}`);
  });
  place.querySelector("svg").setAttribute("aria-hidden", "true"); // what is seen stands in the label around it
  views.set(place, view);
}

async function drawAll() {
  const charts = [...document.querySelectorAll(".charts")];
  if (charts.length) {
    await import("/static/vega.js");
    for (const group of charts) {
      const specs = JSON.parse(group.nextElementSibling.textContent);
      const places = group.querySelectorAll(".drawing");
      for (const [number, spec] of specs.entries()) {
        await draw(places[number], spec, window.vegaEmbed);
        await new Promise((done) => setTimeout(done)); // the page answers between one chart and the next
      }
    }
  }
  root.dataset.drawn = "all";
}

for (const button of document.querySelectorAll(".legend button")) {
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
    const section = button.closest("section");
    for (const [place, view] of views) {
      if (section.contains(place)) view.signal("hidden", hiddenIn(section)).runAsync();
    }
    keep([...new Set([...document.querySelectorAll("section")].flatMap(hiddenIn))].join("\n"));
  });
}

function keep(hidden) {
  const address = new URL(location.href);
  if (hidden) address.searchParams.set("hide", hidden);
  else address.searchParams.delete("hide");
  history.replaceState(null, "", address);
  for (const form of document.querySelectorAll("form.choices")) {
    const field = form.elements.hide ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "hide" }));
    field.value = hidden;
    field.disabled = !hidden;
  }
}

for (const form of document.querySelectorAll("form.choices")) {
  form.addEventListener("change", () => form.requestSubmit());
}

const tables = [...document.querySelectorAll(".matrix table")];
const told = document.getElementById("told");
const at = (table, row, column) => table.tBodies[0].rows[row]?.cells[column + 1];

function mark(table, row, column) {
  if (!at(table, row, column)) return;
  const said = [];
  for (const one of tables) {
    one.querySelector(".marked")?.classList.remove("marked");
    const cell = told || one === table ? at(one, row, column) : null;
    if (!cell) continue;
    cell.classList.add("marked");
    said.push(cell.textContent.trim() || "–");
  }
  if (!told) return;
  const from = table.tBodies[0].rows[row].cells[0].textContent;
  const to = table.tHead.rows[0].cells[column + 1].textContent.trim();
  told.textContent = `${from} → ${to}: attention ${said[0]}, readers ${said[1]}`;
}

for (const table of tables) {
  table.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("tbody td");
    if (cell) mark(table, cell.parentNode.sectionRowIndex, cell.cellIndex - 1);
  });
  table.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const now = table.querySelector(".marked");
    if (now) mark(table, now.parentNode.sectionRowIndex + step[0], now.cellIndex - 1 + step[1]);
    else mark(table, 0, 0);
  });
}

drawAll();
