"use strict";
// Without this script the page shows everything; with it, claims can be searched and filtered.
const form = document.getElementById("filter");
const word = form.querySelector("input");
const verdict = form.querySelector("select");
const said = form.querySelector("output");
const claims = [...document.querySelectorAll("[data-verdicts]")];
const texts = new Map(claims.map((claim) => [claim, claim.textContent.toLowerCase()]));

function apply() {
  const words = word.value.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  for (const claim of claims) {
    const fits = (!verdict.value || claim.dataset.verdicts.split(",").includes(verdict.value))
      && words.every((each) => texts.get(claim).includes(each));
    claim.hidden = !fits;
    left += fits && claim.matches("li") ? 1 : 0;
  }
  for (const row of document.querySelectorAll("tr.requirement")) {
    row.hidden = ![...row.querySelectorAll("li")].some((claim) => !claim.hidden);
    if (words.length || verdict.value) row.querySelector("details").open = !row.hidden;
  }
  for (const family of document.querySelectorAll(".family")) {
    family.hidden = ![...family.querySelectorAll("[data-verdicts]")].some((claim) => !claim.hidden);
  }
  said.textContent = words.length || verdict.value ? `${left} claims` : "";
}

form.hidden = false;
form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !["INPUT", "SELECT"].includes(event.target.tagName)) {
    event.preventDefault();
    word.focus();
  }
});
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
});
