// What works without the data: theme, anchors, copying. Captured text is only ever
// set as text; nothing here makes markup of a string.
"use strict";
const root = document.documentElement;
root.classList.add("script");

const make = (name, props = {}, ...children) => {
  const e = document.createElement(name);
  for (const [k, v] of Object.entries(props)) {
    if (k === "text") e.textContent = v;
    else if (k in e) e[k] = v;
    else e.setAttribute(k, v);
  }
  e.append(...children);
  return e;
};

const memory = {
  get: k => { try { return localStorage.getItem("why403-" + k); } catch { return null; } },
  set: (k, v) => { try { localStorage.setItem("why403-" + k, v); } catch { /* a page from a disk may have none */ } },
};

const redraw = []; // called when colours or widths changed

function themes() {
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const button = make("button", { type: "button", id: "theme" });
  const show = () => {
    button.textContent = dark() ? "Light" : "Dark";
    button.setAttribute("aria-label", dark() ? "Switch to light colours" : "Switch to dark colours");
  };
  const saved = memory.get("theme");
  if (saved === "dark" || saved === "light") root.dataset.theme = saved;
  button.onclick = () => {
    root.dataset.theme = dark() ? "light" : "dark";
    memory.set("theme", root.dataset.theme);
    show();
    redraw.forEach(f => f());
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { show(); redraw.forEach(f => f()); });
  show();
  document.querySelector("header.top").append(button);
}

// reveal opens what an anchor's target is folded into.
function reveal(id) {
  const target = id && document.getElementById(id);
  if (!target) return false;
  for (let e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
  if (target.tagName === "DETAILS") target.open = true;
  target.scrollIntoView({ block: "start" });
  return true;
}

function copying() {
  const text = document.querySelector("pre.handover");
  if (!text) return;
  const button = make("button", { type: "button", text: "Copy" });
  button.setAttribute("aria-label", "Copy the report as plain text");
  button.onclick = async () => {
    const selection = getSelection();
    selection.selectAllChildren(text);
    let done = false;
    try { await navigator.clipboard.writeText(text.textContent); done = true; } catch { done = document.execCommand("copy"); }
    button.textContent = done ? "Copied" : "Selected: copy it by Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };
  text.before(button);
}

// state is what the address holds behind #: an anchor, or q= and zoom=.
const state = {
  read() {
    const hash = decodeURIComponent(location.hash.slice(1).replace(/\+/g, " "));
    if (!hash.includes("=")) return { anchor: hash };
    const p = new URLSearchParams(location.hash.slice(1));
    return { q: p.get("q") || "", zoom: p.get("zoom") || "" };
  },
  write(changes) {
    const now = { ...{ q: "", zoom: "" }, ...this.read(), ...changes };
    const p = new URLSearchParams();
    if (now.q) p.set("q", now.q);
    if (now.zoom) p.set("zoom", now.zoom);
    try { history.replaceState(null, "", "#" + p); } catch { /* an opaque origin */ }
  },
};
