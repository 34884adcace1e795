// A slider over pictures. Python draws; `shown` is what it drew last: {place, image, width, description}.

function render({ model, el }) {
  const values = model.get("values");
  const range = create("input", { type: "range", min: 0, max: values.length - 1, step: 1, oninput: () => send() });
  const value = create("output", { class: "value" });
  const message = messageLine();
  const picture = create("img", { alt: "", style: "display: block; max-width: 100%; background: white" });
  const root = create("section", { class: "llmcourse", "aria-label": model.get("label") },
    create("div", { class: "controls" }, labelled(model.get("label"), range), value),
    message.element,
    picture,
  );
  range.style.width = "min(26em, 60vw)";
  range.value = model.get("place");

  const sendPlace = afterPause(() => {
    model.set("place", Number(range.value));
    model.save_changes();
  }, 80);

  function send() {
    tell();
    if (Number(range.value) !== model.get("shown").place) message.waiting();
    sendPlace();
  }

  // What the slider says is where it stands; the picture follows when it is drawn.
  function tell() {
    value.textContent = values[range.value];
    range.setAttribute("aria-valuetext", `${model.get("label")} ${values[range.value]}`);
  }

  function draw() {
    const shown = model.get("shown");
    message.show("");
    picture.src = shown.image;
    picture.alt = `${shown.description} (${model.get("label")} ${values[shown.place]})`;
    picture.style.width = `${shown.width}px`;
    tell();
  }

  const stopTheme = followTheme(root);
  model.on("change:shown", draw);
  draw();
  el.append(root);
  return () => {
    stopTheme();
    model.off("change:shown", draw);
  };
}

export default { render };
