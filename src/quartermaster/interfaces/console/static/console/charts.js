// Each figure's chart is drawn from its table: the head names the series, cells carry data-value.
(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const plots = new Map();

  const read = (figure) => {
    const table = figure.querySelector("table");
    const rows = [...table.tBodies[0].rows];
    const cells = (name) => rows.map((row) => {
      const found = row.querySelector(`[data-series="${name}"]`)?.dataset.value;
      return found === undefined || found === "" ? null : Number(found);
    });
    return {
      labels: rows.map((row) => row.cells[0].textContent.trim()),
      now: cells("now"),
      before: cells("before"),
      shown: rows.map((row) => row.querySelector('[data-series="now"]')?.textContent.trim() ?? ""),
      shownBefore: rows.map(
        (row) => row.querySelector('[data-series="before"]')?.textContent.trim() ?? ""),
    };
  };

  const draw = (figure) => {
    const place = figure.querySelector(".canvas");
    const legend = figure.querySelector(".hovered");
    const found = read(figure);
    plots.get(figure)?.destroy();
    const hasBefore = found.before.some((one) => one !== null);
    const axis = { stroke: colour("--soft"), grid: { stroke: colour("--grid"), width: 1 },
      ticks: { show: false }, font: "12px system-ui, sans-serif" };
    const whole = [...found.now, ...found.before].every((one) => one === null || Number.isInteger(one));
    const options = {
      width: place.clientWidth, height: Math.max(200, Math.min(320, place.clientWidth * 0.4)),
      legend: { show: false }, cursor: { y: false, drag: { x: false } },
      scales: { x: { time: false, range: [-0.6, found.labels.length - 0.4] },
        y: { range: (u, low, high) => [0, Math.max(1, high * 1.08)] } },
      axes: [
        { ...axis, grid: { show: false }, size: 32,
          space: 70, incrs: [1, 2, 3, 5, 6, 7, 10, 12, 14, 15, 20, 24, 30, 48, 60, 90],
          values: (u, at) => at.map((one) => found.labels[one] ?? "") },
        { ...axis, size: 56, incrs: whole ? [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4,
          2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7] : undefined,
          values: (u, at) => at.map((one) => one.toLocaleString(undefined,
            { notation: one >= 1e5 ? "compact" : "standard" })) },
      ],
      series: [{},
        { fill: colour("--bar"), stroke: colour("--bar"), width: 0,
          paths: uPlot.paths.bars({ size: [0.7, 48], radius: 0.15 }), points: { show: false } },
        ...(!hasBefore ? [] : figure.dataset.chart === "groups" ? [{
          fill: colour("--bar-before"), stroke: colour("--bar-before"), width: 0,
          paths: uPlot.paths.bars({ size: [0.2, 14] }), points: { show: false } }] :
          [{ stroke: colour("--soft"), width: 1.5, dash: [4, 4], spanGaps: true,
          points: { show: found.labels.length < 3 } }])],
      hooks: { setCursor: [(u) => {
        const at = u.cursor.idx;
        legend.textContent = at === null || at === undefined ? "" :
          `${found.labels[at]}: ${found.shown[at]}` +
          (hasBefore && found.shownBefore[at] ? `, before ${found.shownBefore[at]}` : "");
      }] },
    };
    const x = found.labels.map((_, at) => at);
    plots.set(figure, new uPlot(options, [x, found.now, ...(hasBefore ? [found.before] : [])], place));
  };

  const show = (figure, isChart) => {
    figure.classList.toggle("shows-chart", isChart);
    for (const button of figure.querySelectorAll(".switch button")) {
      button.setAttribute("aria-pressed", String((button.dataset.view === "chart") === isChart));
    }
    if (isChart) draw(figure);
  };

  const start = () => {
    document.documentElement.classList.add("scripted");
    for (const figure of document.querySelectorAll("[data-chart]:not(.charted)")) {
      if (!figure.querySelector("table")) continue;
      figure.classList.add("charted");
      for (const button of figure.querySelectorAll(".switch button")) {
        button.addEventListener("click", () => show(figure, button.dataset.view === "chart"));
      }
      show(figure, true);
    }
  };
  const again = () => {
    for (const [figure] of plots) {
      if (!figure.isConnected) plots.delete(figure);
      else if (figure.classList.contains("shows-chart")) draw(figure);
    }
  };
  let waiting;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(again, 120); });
  document.addEventListener("themed", again);
  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("htmx:after:swap", start);
  if (document.readyState !== "loading") start();

  // Choosing is enough where scripts run: filters need no button, nor does the theme.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.at-once, form.theme");
    // A day or number that is still being typed is not chosen yet.
    if (!form || ["file", "date", "number"].includes(event.target.type)) return;
    const back = form.querySelector('input[name="next"]');
    if (back) back.value = location.pathname + location.search;
    form.requestSubmit();
  });
})();
