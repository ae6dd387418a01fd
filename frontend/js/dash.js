// Figures of the dashboards; Plotly is fetched only where a page has one.
for (const figure of document.querySelectorAll("figure[data-figure]")) figure.dataset.state = "waiting";
