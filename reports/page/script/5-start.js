// Start: the page is complete without what follows, so nothing here may break it.
(async () => {
  themes();
  copying();
  let parts = null;
  const follow = () => {
    const s = state.read();
    if (s.anchor !== undefined) {
      if (!reveal(s.anchor) && parts) parts.table.find(s.anchor);
      return;
    }
    if (parts) {
      parts.lines.zoom(s.zoom);
      parts.table.filter(s.q);
    }
  };
  addEventListener("hashchange", follow);
  const holder = document.getElementById("run-data");
  if (holder && typeof DecompressionStream === "function") {
    const d = await unpack(holder.content.textContent);
    const table = attemptTable(d), lines = timelines(d, table);
    parts = { table, lines };
    const s = state.read();
    lines.zoom(s.zoom || "");
    table.filter(s.q || "");
  }
  follow();
  root.dataset.ready = "true"; // for tests
})();
