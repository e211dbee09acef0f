// Turns every <figure data-plot> into a chart of the table inside it. The table stays, folded.
// Values come from data-value, words from the cells, colours from the style sheet: nothing is said twice.
"use strict";

(() => {
  const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4], [12, 4], [4, 8]];
  const POINTS = ["circle", "rect", "triangle", "rectRot", "star", "crossRot"];
  const ROW = 30; // pixels of a lying bar
  const AROUND = 110; // pixels of axis, its title and legend
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const language = document.documentElement.lang;
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const drawn = [];

  const text = (node) => node.textContent.replace(/\s+/g, " ").trim();
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function read(figure) {
    const table = figure.querySelector("table");
    const series = [...table.tHead.rows[0].cells]
      .slice(1)
      .filter((cell) => cell.dataset.plain === undefined)
      .map((cell) => ({ name: text(cell), place: cell.cellIndex, colour: cell.dataset.colour, values: [], said: [] }));
    const labels = [];
    for (const row of [...table.tBodies[0].rows].slice(0, Number(figure.dataset.most) || undefined)) {
      labels.push(text(row.cells[0]));
      series.forEach((one) => {
        const cell = row.cells[one.place];
        one.values.push(cell.dataset.value === undefined ? null : Number(cell.dataset.value));
        one.said.push(text(cell));
      });
    }
    return { labels, series, unit: figure.dataset.unit, axis: figure.dataset.axis };
  }

  function dataset(one, place, kind) {
    const line = kind === "line";
    const own = colour(`--${one.colour || `plot-${(place % 6) + 1}`}`);
    return {
      label: one.name,
      data: one.values,
      backgroundColor: own,
      borderColor: line ? own : colour("--paper"),
      borderWidth: line ? 2.5 : 1,
      borderRadius: kind.startsWith("stacked") ? 0 : 3,
      borderDash: line ? DASHES[place % 6] : [],
      pointStyle: POINTS[place % 6],
      pointRadius: one.values.length > 40 ? 0 : 3.5,
      pointHoverRadius: 6,
      tension: 0,
      spanGaps: false,
      maxBarThickness: 48,
    };
  }

  function axes(kind, ranking, unit, axis) {
    const shares = { callback: (tick) => percent.format(tick / 100) };
    const scale = (value) => ({
      stacked: kind.startsWith("stacked"),
      title: { display: value && Boolean(axis), text: axis, color: colour("--soft") },
      beginAtZero: true,
      grid: { color: colour("--line"), display: value },
      border: { color: colour("--edge") },
      ticks: {
        color: colour("--soft"),
        precision: 0,
        autoSkip: !(ranking && !value),
        maxRotation: 45,
        ...(value && unit === "%" ? shares : {}),
      },
    });
    return ranking ? { x: scale(true), y: scale(false) } : { x: scale(false), y: scale(true) };
  }

  function chart(canvas, kind, { labels, series, unit, axis }) {
    const ranking = kind.endsWith("ranking");
    return new Chart(canvas, {
      type: kind === "line" ? "line" : "bar",
      data: { labels, datasets: series.map((one, place) => dataset(one, place, kind)) },
      options: {
        indexAxis: ranking ? "y" : "x",
        locale: language,
        responsive: true,
        maintainAspectRatio: false,
        animation: still.matches ? false : { duration: 250 },
        interaction: { mode: "index", axis: ranking ? "y" : "x", intersect: false },
        font: { family: getComputedStyle(document.body).fontFamily, size: 13 },
        color: colour("--ink"),
        scales: axes(kind, ranking, unit, axis),
        plugins: {
          legend: {
            display: series.length > 1,
            position: "bottom",
            labels: { color: colour("--ink"), usePointStyle: kind === "line", boxWidth: 14, boxHeight: 10 },
          },
          tooltip: {
            backgroundColor: colour("--ink"),
            titleColor: colour("--paper"),
            bodyColor: colour("--paper"),
            callbacks: {
              label: (item) => `${item.dataset.label}: ${series[item.datasetIndex].said[item.dataIndex]}`,
            },
          },
        },
      },
    });
  }

  function draw(figure) {
    const table = figure.querySelector("table");
    if (!table || !table.tBodies[0].rows.length) return;
    const kind = figure.dataset.plot;
    const figures = read(figure);
    const box = document.createElement("div");
    box.className = "drawing";
    if (kind.endsWith("ranking")) box.style.height = `${figures.labels.length * ROW + AROUND}px`;
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", figure.dataset.said);
    box.append(canvas);
    const details = figure.querySelector("details");
    details.before(box);
    details.open = false;
    const first = figure.querySelector("[data-first]");
    if (first) first.hidden = false;
    drawn.push({ canvas, kind, figures, chart: chart(canvas, kind, figures) });
  }

  function drawAgain() {
    for (const one of drawn) {
      one.chart.destroy();
      one.chart = chart(one.canvas, one.kind, one.figures);
    }
  }

  for (const figure of document.querySelectorAll("figure[data-plot]")) draw(figure);
  dark.addEventListener("change", drawAgain);
  window.addEventListener("beforeprint", () => {
    for (const one of drawn) one.chart.resize();
  });
})();
