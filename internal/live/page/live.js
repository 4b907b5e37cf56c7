// The page of a recording in progress. The server sends what is new; texts of
// others (heads, targets) only ever become text nodes.
"use strict";

const $ = (id) => document.getElementById(id);
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// ---- history ----

let step = 1;      // seconds between two points
let points = [];   // as the server sends them
let statuses = []; // kinds of refusal seen, in order of appearance

function take(update) {
  if (update.history) {
    step = update.history.step;
    points = update.history.points;
  }
  points.push(...(update.points || []));
  for (const p of update.history ? points : update.points || [])
    for (const s of Object.keys(p.refused || {})) if (!statuses.includes(s)) statuses.push(s);
}

const refusedIn = (p) => Object.values(p.refused || {}).reduce((a, b) => a + b, 0);

function columns() {
  const t = points.map((p) => p.t);
  return {
    levels: [t, points.map((p) => p.open), points.map((p) => p.pending)],
    rates: [t, points.map((p) => p.accepted / step), ...statuses.map((s) => points.map((p) => ((p.refused || {})[s] || 0) / step))],
  };
}

// ---- charts ----

const shades = ["--bad", "--warn", "--soft", "--ok"];
let charts = null;

function chart(title, series, height) {
  const axis = { stroke: color("--soft"), grid: { stroke: color("--line"), width: 1 }, ticks: { stroke: color("--line") } };
  return new uPlot({
    title: "", width: $("charts").clientWidth, height,
    scales: { x: { time: false }, y: { range: (_, min, max) => [0, Math.max(1, 1.1 * max)] } },
    cursor: { sync: { key: "load", setSeries: false, scales: ["x", null] } },
    axes: [{ ...axis, values: (_, v) => v.map(clock) }, { ...axis, size: 60, label: title, labelSize: 20, stroke: color("--soft") }],
    series: [{ label: "time", value: (_, v) => (v == null ? "" : clock(v)) }, ...series],
    hooks: { setScale: [(u, key) => key === "x" && zoomOthers(u)] },
  }, [[], ...series.map(() => [])], $("charts"));
}

function zoomOthers(from) {
  const { min, max } = from.scales.x;
  for (const u of charts || [])
    if (u !== from && (u.scales.x.min !== min || u.scales.x.max !== max)) u.setScale("x", { min, max });
}

function clock(s) {
  const m = Math.floor(s / 60);
  const rest = String(Math.round((s - 60 * m) * 10) / 10);
  return m ? m + ":" + (s - 60 * m < 10 ? "0" : "") + rest : rest + " s";
}

let drawn = "";

function draw() {
  const kinds = statuses.join();
  if (!charts || drawn !== kinds) {
    (charts || []).forEach((u) => u.destroy());
    drawn = kinds;
    const line = (label, name, fill) => ({ label, stroke: color(name), width: 1.5, fill: fill && color(name) + "22", points: { show: false } });
    charts = [
      chart("sockets", [line("open", "--good", true), line("in flight", "--soft")], 230),
      chart("per second", [line("accepted", "--good"), ...statuses.map((s, i) => line(s === "none" ? "no answer" : "refused " + s, shades[i % shades.length], true))], 200),
    ];
  }
  const { levels, rates } = columns();
  charts[0].setData(levels);
  charts[1].setData(rates);
}

addEventListener("resize", () => (charts || []).forEach((u) => u.setSize({ width: $("charts").clientWidth, height: u.height })));

// ---- numbers ----

function tiles() {
  const last = points[points.length - 1];
  if (!last) return;
  const sum = (f) => points.reduce((n, p) => n + f(p), 0);
  $("open").textContent = last.open;
  $("pending").textContent = last.pending;
  $("rate").textContent = Math.round((10 * (last.accepted + refusedIn(last))) / step) / 10;
  $("accepted").textContent = sum((p) => p.accepted);
  $("refused").textContent = sum(refusedIn);
  if ($("status").textContent === "waiting" && sum(refusedIn) > 0)
    $("says").textContent = "Upgrades are being refused; the first look at why is on its way.";
}

// ---- verdict ----

function conclude(v) {
  $("status").textContent = v.status;
  $("status").className = "badge " + v.status;
  $("says").textContent = v.says;
  $("drawn").textContent = "From " + v.attempts + " upgrades so far; it can change until the load has ended.";
  $("candidates").hidden = v.candidates.length === 0;
  $("candidates").tBodies[0].replaceChildren(...v.candidates.map((c) => {
    const row = document.createElement("tr");
    for (const text of [c.probability.toFixed(2), c.cause + " (" + c.scope + ")", c.says])
      row.appendChild(document.createElement("td")).textContent = text;
    return row;
  }));
}

// ---- refusals ----

const mostRefusals = 50;

function element(name, text) {
  const e = document.createElement(name);
  e.textContent = text;
  return e;
}

function refuse(list) {
  for (const r of list) {
    const d = document.createElement("details");
    const s = d.appendChild(document.createElement("summary"));
    s.append(r.at + " ", element("b", r.status), " " + r.target + " ", element("code", r.token ? "token " + r.token : "no token"));
    d.append(element("pre", r.request), element("pre", r.answer));
    $("refusals").prepend(d);
  }
  while ($("refusals").children.length > mostRefusals) $("refusals").lastChild.remove();
  $("none").hidden = $("refusals").children.length > 0;
}

// ---- connection ----

const source = new EventSource("events"); // reconnects by itself

source.onopen = () => { $("link").textContent = "live"; $("link").className = ""; };
source.onerror = () => { $("link").textContent = "connection lost, trying again"; $("link").className = "lost"; };
source.onmessage = (event) => {
  const update = JSON.parse(event.data);
  if (update.history && !points.length) $("title").textContent = update.title || "recording";
  if (update.fresh) $("refusals").replaceChildren();
  take(update);
  tiles();
  draw();
  if (update.verdict) conclude(update.verdict);
  refuse(update.refusals || []);
};
