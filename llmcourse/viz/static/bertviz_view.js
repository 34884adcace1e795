// Runs inside the page of a bertviz view, after bertviz has drawn: adds what bertviz has not.
//   - the story's true links, as dashed lines over the head view's weights
//   - the head's number on each coloured square, so that no meaning is in colour alone
//   - the keyboard: squares, thumbnails and tokens can be reached with Tab and pressed with Enter or Space
//   - in the neuron view, the model's own numbers in the menus, and a token chosen from the beginning
//   - the page's height, told to the frame around it

const settings = JSON.parse(document.getElementById("settings").textContent);
const SVG = "http://www.w3.org/2000/svg";

function svgElement(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// bertviz says nowhere where its tokens stand, so ask the drawing: the middle of the token's grey box.
function middleOf(side, index) {
  const box = document.querySelectorAll(`#vis #${side} rect.background`)[index];
  const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(box.getAttribute(name)));
  return { x: side === "left" ? x + width : x, y: y + height / 2 };
}

function drawLinks(svg) {
  const layer = svgElement("g", { id: "true-links", "pointer-events": "none" });
  for (const [query, key] of settings.links) {
    const from = middleOf("left", query);
    const to = middleOf("right", key);
    const line = { x1: from.x, y1: from.y, x2: to.x, y2: to.y, "stroke-linecap": "butt" };
    layer.append(svgElement("line", { ...line, stroke: "white", "stroke-width": 5, "stroke-opacity": 0.8 }));
    layer.append(svgElement("line", { ...line, stroke: "#1f2328", "stroke-width": 2, "stroke-dasharray": "7 5" }));
  }
  svg.append(layer);
}

// The squares of the head view, one for each head, are the only rectangles that sit at the very top.
function squaresOf(svg) {
  return [...svg.querySelectorAll(":scope > g > rect")].filter((rect) => rect.getAttribute("y") === "0");
}

function isOn(square, head) {
  return square.getAttribute("fill") === window.d3.schemeCategory10[head % 10];
}

function nameSquares(svg) {
  const squares = squaresOf(svg);
  const names = squares.map((square, index) => {
    const x = Number(square.getAttribute("x")) + Number(square.getAttribute("width")) / 2;
    const name = svgElement("text", { x, y: 15, "text-anchor": "middle", "font-size": 13, "pointer-events": "none" });
    name.textContent = settings.heads[index];
    svg.append(name);
    return name;
  });
  const update = () =>
    squares.forEach((square, index) => {
      const on = isOn(square, index);
      square.setAttribute("aria-checked", on);
      names[index].setAttribute("fill", on ? "white" : "#1f2328");
      names[index].setAttribute("font-weight", on ? "bold" : "normal");
      names[index].setAttribute("text-decoration", on ? "none" : "line-through");
    });
  squares.forEach((square, index) => {
    makePressable(square, "checkbox", `Head ${settings.heads[index]}`);
    square.addEventListener("click", update);
    square.addEventListener("dblclick", update);
  });
  update();
}

// Half of a causal model's weights are 0, drawn as invisible lines: without them a long text scrolls smoothly.
function lightenThumbnails(svg) {
  for (const line of svg.querySelectorAll('line[stroke-opacity="0"]')) line.remove();
  if (settings.tokens > 40) {
    for (const line of svg.querySelectorAll("line")) line.setAttribute("stroke-width", 1);
  }
}

// bertviz leaves room for an enlarged head, long before there is one.
function fitHeight(svg) {
  const whole = Number(svg.getAttribute("height"));
  const bottoms = [...svg.querySelectorAll("rect.attn_background")].map(
    (rect) => Number(rect.getAttribute("y")) + Number(rect.getAttribute("height")),
  );
  const grid = Math.min(whole, Math.max(...bottoms) + 4);
  const update = () => svg.setAttribute("height", svg.querySelector(".detail") ? whole : grid);
  svg.addEventListener("click", update);
  update();
}

function nameThumbnails(svg) {
  const backgrounds = [...svg.querySelectorAll("rect.attn_background")];
  for (const background of backgrounds) {
    const [layer, head] = background.id.match(/\d+/g).map(Number);
    makePressable(
      background.parentNode.lastChild, // the transparent rectangle on top, which takes the clicks
      "button",
      `Layer ${settings.layers[layer]}, head ${settings.heads[head]}: enlarge`,
    );
  }
}

const groupsOf = (svg, part, side) => [...svg.querySelectorAll(`#${part} #${side} > g`)];
const mouse = (type) => new MouseEvent(type, { bubbles: true });

let chosen = settings.query ?? null; // the token whose query is shown, also after another head was chosen
let ready = false; // while a view is being opened, nothing may take the focus away from the notebook around it

// bertviz draws each token twice: in the view of all lines, and in that of the numbers, which + opens and − closes.
function nameTokens(svg) {
  for (const part of ["collapsed", "expanded"]) {
    const other = part === "collapsed" ? "expanded" : "collapsed";
    groupsOf(svg, part, "leftText").forEach((token, index) => {
      const does = part === "collapsed" ? "show" : "hide";
      makePressable(token, "button", `“${token.querySelector("text").textContent}”: ${does} the numbers of its query`);
      token.addEventListener("focus", () => token.dispatchEvent(mouse("mouseover")));
      token.addEventListener("mouseover", () => {
        showLinksOf(svg, (chosen = index));
        writeScores(svg, index);
      });
      token.addEventListener("mouseleave", () => {
        showLinksOf(svg, null);
        svg.querySelector("#scores")?.remove();
      });
      const toggle = token.querySelectorAll("rect")[1]; // transparent, over the + or the −
      toggle.setAttribute("class", "toggle");
      toggle.addEventListener("click", (event) => {
        event.stopPropagation();
        writeScores(svg, index);
        if (ready) groupsOf(svg, other, "leftText")[index].focus({ preventScroll: true }); // this one is hidden now
      });
      token.addEventListener("click", () => toggle.dispatchEvent(mouse("click")));
    });
  }
}

// The score in its square: no meaning is in colour alone.
function writeScores(svg, query) {
  const squares = [...svg.querySelectorAll(".dotproduct")];
  svg.querySelector("#scores")?.remove();
  if (!squares[0].dataset.value) return; // nothing is computed before the numbers are opened
  const layer = svgElement("g", { id: "scores", "pointer-events": "none", "text-anchor": "middle", "font-size": 10 });
  squares.slice(0, query + 1).forEach((square) => {
    const score = Number(square.dataset.value);
    const [x, y] = ["x", "y"].map((name) => Number(square.getAttribute(name)));
    const number = svgElement("text", { x: x + 11, y: y + 15, fill: score > 2 ? "white" : "#1f2328" });
    number.textContent = score.toFixed(1).replace("-", "−");
    layer.append(number);
  });
  svg.querySelector("#expanded").append(layer);
}

// The key to which a true link leads from the chosen token, in a dashed frame; all links where no token is chosen.
function showLinksOf(svg, query) {
  for (const mark of svg.querySelectorAll(".true-link")) {
    const shown = query === null ? mark.tagName === "line" : Number(mark.dataset.query) === query;
    mark.setAttribute("visibility", shown ? "inherit" : "hidden");
  }
}

function drawNeuronLinks(svg) {
  const look = { stroke: "#1f2328", "stroke-width": 2, "stroke-dasharray": "7 5", fill: "none", class: "true-link" };
  const add = (parent, name, from, attributes, query) => {
    const place = Object.fromEntries(attributes.map((attribute) => [attribute, from.getAttribute(attribute)]));
    const mark = svgElement(name, { ...place, ...look, "pointer-events": "none", "data-query": query });
    parent.append(mark);
  };
  for (const [query, key] of settings.links) {
    for (const part of ["collapsed", "expanded"]) {
      const token = groupsOf(svg, part, "rightText")[key];
      add(token, "rect", token.querySelector("rect"), ["x", "y", "width", "height"], query);
    }
    const line = svg.querySelectorAll("#collapsed .attn-line-group")[query].children[key];
    add(svg.querySelector("#collapsed"), "line", line, ["x1", "y1", "x2", "y2"], query);
  }
  showLinksOf(svg, null);
}

function nameMenus() {
  for (const [id, label, numbers] of [["layer", "Layer", settings.layers], ["att_head", "Head", settings.heads]]) {
    const menu = document.querySelector(`#bertviz #${id}`);
    menu.setAttribute("aria-label", label);
    [...menu.options].forEach((option, index) => (option.textContent = numbers[index]));
  }
}

// Begin with the numbers of one token, so that there is something to see before anything is touched.
function chooseToken(svg) {
  const isOpen = svg.querySelector("#expanded").getAttribute("visibility") === "visible";
  const token = groupsOf(svg, isOpen ? "expanded" : "collapsed", "leftText")[chosen];
  token.dispatchEvent(mouse("mouseover"));
  if (!isOpen && !ready) token.querySelector(".toggle").dispatchEvent(mouse("click"));
}

function makePressable(shape, role, label) {
  shape.setAttribute("role", role);
  shape.setAttribute("tabindex", "0");
  shape.setAttribute("aria-label", label);
  shape.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    shape.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  });
}

function complete() {
  const svg = document.querySelector("#vis svg");
  if (!svg || svg.dataset.complete) return;
  svg.dataset.complete = "yes";
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", settings.alt);
  if (settings.kind === "head view") {
    drawLinks(svg);
    nameSquares(svg);
  } else if (settings.kind === "neuron view") {
    svg.setAttribute("width", 1020); // what bertviz draws on
    svg.setAttribute("height", 26 * settings.tokens + 52);
    nameMenus();
    nameTokens(svg);
    drawNeuronLinks(svg);
    chooseToken(svg);
    ready = true;
  } else {
    lightenThumbnails(svg);
    fitHeight(svg);
    nameThumbnails(svg);
  }
}

// bertviz draws everything anew when another layer is chosen.
new MutationObserver(complete).observe(document.getElementById("vis"), { childList: true });
complete();

const tellHeight = () => parent.postMessage({ height: Math.ceil(document.body.getBoundingClientRect().height) }, "*");
new ResizeObserver(tellHeight).observe(document.body);
