// A view that lives in a frame of its own: the notebook sends a whole HTML page as a string, and this shows it.
//
// The frame may run its own scripts but reach nothing else (sandbox without "allow-same-origin"). It tells its height
// in a message, and the frame grows to fit.

function fitToContent(frame) {
  const onMessage = (event) => {
    if (event.source === frame.contentWindow && Number.isFinite(event.data?.height)) {
      frame.style.height = `${event.data.height}px`;
    }
  };
  window.addEventListener("message", onMessage);
  return () => window.removeEventListener("message", onMessage);
}

function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.title = model.get("alt");
  frame.style.cssText = "width: 100%; height: 300px; border: 0; background: white; border-radius: 6px";
  const cleanUp = fitToContent(frame);
  const draw = () => (frame.srcdoc = model.get("page"));
  model.on("change:page", draw);
  draw();
  el.append(frame);
  return () => {
    model.off("change:page", draw);
    cleanUp();
  };
}

export default { render };
