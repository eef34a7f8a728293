// What is revealed, and how it is hidden again: after its time, when the window loses the focus, or when asked.

const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A figure with the boxes over the picture; `picture` as the server tells it. */
export function figure(picture, number) {
  const { src, width, height, where, faces, again } = picture;
  const alt = `Picture ${number} of the record${where ? `, ${where}` : ""}`;
  const boxes = document.createElementNS(SVG, "svg");
  boxes.setAttribute("class", "boxes");
  boxes.setAttribute("viewBox", `0 0 ${width} ${height}`);
  boxes.setAttribute("preserveAspectRatio", "none");
  boxes.setAttribute("aria-hidden", "true");
  for (const { box: [left, top, right, bottom] } of faces) {
    const rect = document.createElementNS(SVG, "rect");
    const sides = { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
    for (const [key, value] of Object.entries(sides)) rect.setAttribute(key, value);
    boxes.append(rect);
  }
  const found = faces.length
    ? `${faces.length} found${again ? " just now" : ""}: ${faces.slice(0, 8).map((face) => face.score.toFixed(2)).join(", ")}`
    : "no face found";
  const image = element("img", { src, alt, width, height });
  const caption = element("figcaption", {}, `${where || "the body itself"}, ${width} × ${height}, ${found}`);
  const whole = element("div", { class: "whole" }, image, boxes);
  return element("figure", { class: "plain" }, element("div", { class: "frame" }, whole), caption);
}

/** What is too large to be seen at once can be scrolled by keyboard; it begins at the first box. */
export function centre(figures, zoomed) {
  for (const frame of figures.querySelectorAll(".frame")) {
    if (zoomed) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
    const box = frame.querySelector("rect")?.getBoundingClientRect();
    const view = frame.getBoundingClientRect();
    if (box) frame.scrollBy(box.x + box.width / 2 - view.x - view.width / 2, box.y + box.height / 2 - view.y - view.height / 2);
  }
}

/** Calls `hide` when nobody looks any more, or `seconds` are over; returns what ends the watch. */
export function watch(seconds, hide) {
  const away = () => { if (document.hidden || !document.hasFocus()) hide(); };
  const timer = setTimeout(hide, seconds * 1000);
  window.addEventListener("blur", away);
  window.addEventListener("pagehide", hide);
  document.addEventListener("visibilitychange", away);
  return () => {
    clearTimeout(timer);
    window.removeEventListener("blur", away);
    window.removeEventListener("pagehide", hide);
    document.removeEventListener("visibilitychange", away);
  };
}
