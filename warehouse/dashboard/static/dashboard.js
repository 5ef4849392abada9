// Submits a choice when it is made, mutes series, and marks the same word pair in every matrix of the page.
"use strict";

document.documentElement.classList.add("js");

for (const button of document.querySelectorAll(".legend button")) {
  button.addEventListener("click", () => {
    const isShown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", isShown);
    for (const part of button.closest("section").querySelectorAll("g[data-series]")) {
      if (part.dataset.series === button.dataset.series) part.classList.toggle("muted", !isShown);
    }
  });
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
