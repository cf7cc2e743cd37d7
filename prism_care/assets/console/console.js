// Comfort only: every page works without this file. Nothing here decides or sends anything.
"use strict";

const POLL_MS = 15000;
const FAST_POLL_MS = 2000;

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

// Tabs: links to panels become a tab list; the address still chooses the panel.
function tabs() {
  const bar = document.querySelector(".tabs");
  const holder = document.querySelector(".panels");
  if (!bar || !holder) return () => {};
  const links = [...bar.querySelectorAll("a")];
  const panels = links.map((link) => document.getElementById(link.hash.slice(1)));
  bar.setAttribute("role", "tablist");
  links.forEach((link, index) => {
    link.setAttribute("role", "tab");
    link.id = `tab-${panels[index].id}`;
    link.setAttribute("aria-controls", panels[index].id);
    panels[index].setAttribute("role", "tabpanel");
    panels[index].setAttribute("aria-labelledby", link.id);
    panels[index].removeAttribute("aria-label");
    panels[index].tabIndex = 0;
  });
  const show = (chosen, focus) => {
    links.forEach((link, index) => {
      link.setAttribute("aria-selected", String(index === chosen));
      link.tabIndex = index === chosen ? 0 : -1;
      panels[index].hidden = index !== chosen;
    });
    if (focus) links[chosen].focus();
  };
  panels.forEach((panel, index) => {
    for (const link of document.querySelectorAll(`.panel a[href="#${panel.id}"]`)) {
      link.addEventListener("click", (event) => { event.preventDefault(); show(index, true); });
    }
  });
  links.forEach((link, index) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      history.replaceState(null, "", link.hash);
      show(index, false);
    });
    link.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (move) show((index + move + links.length) % links.length, true);
      else if (event.key === " ") show(index, true);
      else return;
      event.preventDefault();
    });
  });
  holder.classList.add("ready");
  show(Math.max(0, links.findIndex((link) => link.hash === location.hash)), false);
  return (index) => index < links.length && show(index, true);
}

// Approve stays closed until every kept value is ticked. The server checks the ticks again.
function ticks() {
  const approve = document.querySelector("[data-needs-ticks]");
  if (!approve) return;
  const boxes = [...document.querySelectorAll("input[name=ack]")];
  const hint = document.getElementById("ticks-first");
  const update = () => {
    const ready = boxes.every((box) => box.checked);
    approve.disabled = !ready;
    hint.hidden = ready;
  };
  boxes.forEach((box) => box.addEventListener("change", update));
  update();
}

// One panel above the bar at a time; Escape closes it.
function pops() {
  const all = [...document.querySelectorAll("details.pop")];
  all.forEach((pop) => pop.addEventListener("toggle", () => {
    if (!pop.open) return;
    all.forEach((other) => { if (other !== pop) other.open = false; });
    pop.querySelector("textarea, select").focus();
  }));
  document.addEventListener("keydown", (event) => {
    const open = all.find((pop) => pop.open);
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
}

// a and r only focus; Enter confirms. j and k walk through rows of the list or through the queue.
function keys(showTab) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (/^[1-4]$/.test(event.key)) { showTab(Number(event.key) - 1); return; }
    const rows = [...document.querySelectorAll(".rows .title")];
    if (rows.length && (event.key === "j" || event.key === "k")) {
      const at = rows.indexOf(document.activeElement);
      const next = event.key === "j" ? Math.min(at + 1, rows.length - 1) : Math.max(at - 1, 0);
      rows[next].focus();
      return;
    }
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.tagName === "A") target.click();
    else target.focus();
  });
}

function touched() {
  return [...document.querySelectorAll("main textarea, main input:not([type=hidden]), main select")].some((field) =>
    field.type === "checkbox" ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT" ? ![...field.options].every((one) => one.selected === one.defaultSelected || field.selectedIndex === 0)
        : field.value !== field.defaultValue);
}

function unsaved() {
  const form = document.querySelector("[data-warn-unsaved]");
  if (!form) return;
  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && touched()) event.preventDefault();
  });
}

// Ask for the part that changes; an answer that says "not modified" costs nothing.
// A response of type "document" is parsed without running anything in it.
function ask(url, etag, found) {
  const request = new XMLHttpRequest();
  request.open("GET", url);
  request.responseType = "document";
  if (etag) request.setRequestHeader("If-None-Match", etag);
  request.addEventListener("load", () => {
    if (request.status === 200 && request.response) {
      found(request.response, request.getResponseHeader("ETag"));
    }
  });
  request.send();
}

function poll() {
  const root = document.querySelector("[data-poll]");
  if (!root) return;
  const { pollReplaces: replaces, pollWatches: watches } = root.dataset;
  let etag = "";
  const take = (answer, newEtag) => {
    const fresh = answer.getElementById(replaces || watches);
    if (!fresh) return;
    etag = newEtag;
    if (replaces) {
      const focused = document.activeElement && document.activeElement.getAttribute("href");
      document.getElementById(replaces).replaceWith(document.adoptNode(fresh));
      if (focused) {
        const again = [...root.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused);
        if (again) again.focus();
      }
      return;
    }
    if (fresh.dataset.state === root.dataset.state) return;
    if (touched() || document.querySelector("details.pop[open], [data-warn-unsaved]")) {
      document.getElementById("moved").hidden = false;
    } else {
      location.assign(location.pathname); // not reload: the page may be the answer to a form
    }
  };
  const again = () => { if (!document.hidden) ask(root.dataset.poll, etag, take); };
  if (watches) again();
  setInterval(again, "pollFast" in root.dataset ? FAST_POLL_MS : POLL_MS);
  document.addEventListener("visibilitychange", again);
}

document.addEventListener("DOMContentLoaded", () => {
  const showTab = tabs();
  ticks();
  pops();
  keys(showTab);
  unsaved();
  poll();
  const here = document.querySelector(".tabs a[aria-current]");
  if (here) here.scrollIntoView({ block: "nearest", inline: "nearest" });
  const refusal = document.getElementById("refusal");
  if (refusal) refusal.focus();
});
