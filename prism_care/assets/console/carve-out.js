// Comfort for the carve-out: every button works without this file, and the server does the cutting.
"use strict";

function carveOut() {
  const form = document.getElementById("carve-form");
  if (!form || !form.querySelector("button")) return;
  const WAIT_MS = 250;
  const lists = { product: list("product"), customer: list("customer") };
  const said = document.getElementById("said");
  const before = signature();
  let request = null;
  let timer = 0;
  let sending = false;
  let dragged = null;

  function list(side) {
    return form.querySelector(`[data-side=${side}] .sections`);
  }

  function cards() {
    return [...form.querySelectorAll(".section")];
  }

  function field(card, name) {
    return card.querySelector(`[name=section_${name}]`);
  }

  function signature() {
    return JSON.stringify([form.elements.title.value,
      ...cards().map((card) => ["name", "side", "text"].map((name) => field(card, name).value))]);
  }

  function changed() {
    return "changed" in form.dataset || signature() !== before;
  }

  // The buttons name their section by its place; a moved section has another.
  function settle(card, words) {
    for (const [side, cardsOf] of Object.entries(lists)) {
      for (const one of cardsOf.children) field(one, "side").value = side;
      cardsOf.closest(".side").querySelector(".count").textContent = cardsOf.children.length;
    }
    cards().forEach((one, at) => {
      for (const button of one.querySelectorAll("button[name=do]")) {
        const [verb, , ...rest] = button.value.split(":");
        button.value = [verb, at, ...rest].join(":");
      }
    });
    if (words) said.textContent = `${field(card, "name").value} ${words}.`;
    refresh();
  }

  function refresh() {
    clearTimeout(timer);
    if (request) request.abort();
    document.getElementById("result").setAttribute("aria-busy", "true");
    timer = setTimeout(ask, WAIT_MS);
  }

  function ask() {
    request = new XMLHttpRequest();
    request.open("POST", form.dataset.part);
    request.responseType = "document";
    request.addEventListener("load", show);
    request.addEventListener("error", () => lost());
    request.send(new FormData(form));
  }

  function show() {
    const answer = this.response;
    const fresh = this.status === 200 && answer && answer.getElementById("result");
    if (!fresh) { lost(); return; }
    const result = document.getElementById("result");
    const open = [...result.querySelectorAll("details")].map((one) => one.open);
    fresh.querySelectorAll("details").forEach((one, at) => { if (open[at]) one.open = true; });
    const texts = [...answer.querySelectorAll("body > [data-text]")];
    result.replaceWith(document.adoptNode(fresh));
    cards().forEach((card, at) => {
      const focused = card.querySelector("[data-text]").contains(document.activeElement);
      if (texts[at]) card.querySelector("[data-text]").replaceWith(document.adoptNode(texts[at]));
      if (focused) card.focus();
    });
    const verdict = document.getElementById("verdict");
    verdict.textContent = fresh.dataset.verdict;
    verdict.className = "bad" in fresh.dataset ? "bad" : "ok";
    if ("bad" in fresh.dataset) said.textContent = fresh.querySelector("strong").textContent;
  }

  function lost() {
    const result = document.getElementById("result");
    result.removeAttribute("aria-busy");
    const note = document.createElement("p");
    note.className = "note warning";
    note.textContent = "This could not be brought up to date. Show the result to try again.";
    result.querySelectorAll("p.warning.lost").forEach((one) => one.remove());
    note.classList.add("lost");
    result.prepend(note);
  }

  function move(card, verb) {
    if (verb === "up" && card.previousElementSibling) card.previousElementSibling.before(card);
    else if (verb === "down" && card.nextElementSibling) card.nextElementSibling.after(card);
    else if (lists[verb] && card.parentElement !== lists[verb]) lists[verb].append(card);
    else return;
    settle(card, lists[verb] ? `is on the ${verb} side now` : `moved ${verb}`);
  }

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const verb = button ? button.value.split(":")[0] : "show";
    const card = button && button.closest(".section");
    if (verb === "show") refresh();
    else if (card && verb !== "split") { move(card, verb); button.checkVisibility() ? button.focus() : card.focus(); }
    else { sending = true; return; }
    event.preventDefault();
  });
  form.elements.title.addEventListener("input", refresh);

  form.addEventListener("keydown", (event) => {
    const card = event.target;
    if (!card.matches(".section") || event.ctrlKey || event.metaKey) return;
    const verb = event.altKey ? { ArrowUp: "up", ArrowDown: "down" }[event.key]
      : { ArrowLeft: "product", ArrowRight: "customer" }[event.key];
    if (!verb) return;
    event.preventDefault();
    move(card, verb);
    card.focus();
  });

  for (const grip of form.querySelectorAll(".grip")) grip.draggable = true;
  form.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(".section");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", field(dragged, "name").value);
    event.dataTransfer.setDragImage(dragged, 20, 20);
    dragged.classList.add("dragged");
  });
  form.addEventListener("dragover", (event) => {
    const side = event.target.closest(".side");
    if (!dragged || !side) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    document.querySelectorAll(".side.over").forEach((one) => one.classList.toggle("over", one === side));
    side.classList.add("over");
  });
  form.addEventListener("drop", (event) => {
    const side = event.target.closest(".side");
    if (!dragged || !side) return;
    event.preventDefault();
    const others = [...side.querySelectorAll(".section")].filter((one) => one !== dragged);
    const next = others.find((one) => {
      const box = one.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    const was = signature();
    lists[side.dataset.side].insertBefore(dragged, next || null);
    settle(dragged, "");
    if (signature() !== was) said.textContent = `${field(dragged, "name").value} is on the ${side.dataset.side} side now.`;
  });
  form.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("dragged");
    document.querySelectorAll(".side.over").forEach((one) => one.classList.remove("over"));
    dragged = null;
  });

  window.addEventListener("beforeunload", (event) => {
    if (!sending && changed()) event.preventDefault();
  });
}

document.addEventListener("DOMContentLoaded", carveOut);
