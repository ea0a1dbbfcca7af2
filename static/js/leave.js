// Nobody signs out, or leaves a station, over scans that still wait: back to the station, which sends them first.
document.addEventListener("submit", (event) => {
  const station = localStorage.getItem("station");
  if (!station || !/\/(sortir|quitter)$/.test(event.target.action)) return;
  event.preventDefault();
  location.assign(station);
});
